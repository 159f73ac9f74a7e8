/**
 * Approves the requests with which nodes ask for their client certificates, where the requestor may ask for such.
 * Upstream: pkg/controller/certificates/approver/sarapprove.go
 */
import { messageOf } from '../../base/errors.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { certificateSigningRequests } from '../../resources/certificates/certificate-signing-request.ts';
import type { CertificateSigningRequest } from '../../resources/types/certificates-v1.ts';
import type { CertificateRequest } from '../../pki/certificate-request.ts';
import { Controller, running, type ControllerContext, type ControllerFactory } from '../runtime/controller.ts';
import { nodeClientProblem } from '../../resources/certificates/node-requests.ts';
import { hasCondition, requestOf, withCondition } from './requests.ts';

const signer = 'kubernetes.io/kube-apiserver-client-kubelet';
const group = 'certificates.k8s.io';

interface Recognizer {
  readonly subresource: string;
  readonly message: string;
  matches(request: CertificateSigningRequest, inner: CertificateRequest): boolean;
}

const recognizers: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    matches: ({ spec }, inner) => spec.username === inner.subject.commonName,
  },
  { subresource: 'nodeclient', message: 'Auto approving kubelet client certificate after SubjectAccessReview.', matches: () => true },
];

export const certificateApprover: ControllerFactory = (context) => {
  const requests = context.informers.of(certificateSigningRequests);
  const controller = new Controller(context, {
    name: 'certificate-approver',
    async reconcile(name) {
      const request = requests.get(name);
      if (!request || request.spec.signerName !== signer || request.status?.certificate) return;
      if (['Approved', 'Denied', 'Failed'].some((type) => hasCondition(request, type))) return;
      const inner = readable(request, context);
      if (!inner || nodeClientProblem(inner, request.spec.usages ?? []) !== undefined) return;
      for (const recognizer of recognizers) {
        if (!recognizer.matches(request, inner) || !(await mayAsk(request, recognizer.subresource, context))) continue;
        const approved = withCondition(request, { type: 'Approved', reason: 'AutoApproved', message: recognizer.message }, context.clock.now());
        await context.client.transport.call({ method: 'PUT', path: `/apis/${group}/v1/certificatesigningrequests/${encodeURIComponent(name)}/approval`, body: { ...approved, kind: 'CertificateSigningRequest', apiVersion: `${group}/v1` } });
        return;
      }
    },
  });
  controller.watch(requests);
  return running(controller);
};

function readable(request: CertificateSigningRequest, { logger }: ControllerContext): CertificateRequest | undefined {
  try {
    return requestOf(request);
  } catch (error) {
    logger.debug('certificate request cannot be read', { name: request.metadata.name, error: messageOf(error) });
    return undefined;
  }
}

async function mayAsk({ spec }: CertificateSigningRequest, subresource: string, { client }: ControllerContext): Promise<boolean> {
  const review = {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {
      user: spec.username,
      uid: spec.uid,
      groups: spec.groups,
      extra: spec.extra,
      resourceAttributes: { group, resource: 'certificatesigningrequests', verb: 'create', subresource, version: '*' },
    },
  };
  const answer: AnyObject = await client.transport.call({ method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: review });
  return (answer['status'] as { allowed?: boolean } | undefined)?.allowed === true;
}
