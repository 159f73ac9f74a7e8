/**
 * CertificateSigningRequests: who asks is written down by the server, approving and signing need the signer's leave, and nobody asks
 * for the group of administrators.
 * Upstream: plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}, pkg/registry/certificates/certificates/strategy.go
 */
import { timestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import type { Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { parseRequest } from '../../pki/certificate-request.ts';
import type { CertificateSigningRequest } from '../../resources/types/certificates-v1.ts';
import { subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const group = 'certificates.k8s.io';
const clientSigner = 'kubernetes.io/kube-apiserver-client';

export function certificateRequests(dependencies: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'CertificateRequests',
    handles: ({ definition, operation }) => definition.group === group && definition.plural === 'certificatesigningrequests' && operation !== 'DELETE',
    admit(attributes) {
      const request = attributes.object as unknown as Draft<CertificateSigningRequest>;
      if (attributes.operation === 'CREATE') writeRequestor(request, attributes);
      else stampConditions(request, timestamp(dependencies.clock.now()));
    },
    async validate(attributes) {
      const request = attributes.object as unknown as CertificateSigningRequest;
      if (attributes.operation === 'CREATE') return checkRequest(request, attributes);
      if (attributes.subresource === 'approval') await checkSigner(request, 'approve', attributes, dependencies);
      const old = attributes.old as unknown as CertificateSigningRequest | undefined;
      if (attributes.subresource === 'status' && !equalJson(request.status?.certificate, old?.status?.certificate)) await checkSigner(request, 'sign', attributes, dependencies);
    },
  };
}

function writeRequestor(request: Draft<CertificateSigningRequest>, { user }: AdmissionAttributes): void {
  const { spec } = request;
  if (!spec) return;
  spec.username = user.name;
  spec.groups = [...user.groups];
  if (user.uid === undefined) delete spec.uid;
  else spec.uid = user.uid;
  if (user.extra === undefined) delete spec.extra;
  else spec.extra = Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]]));
}

function stampConditions({ status: state }: Draft<CertificateSigningRequest>, now: string): void {
  for (const condition of state?.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    condition.lastTransitionTime ??= now;
  }
}

function checkRequest({ spec }: CertificateSigningRequest, { definition, name }: AdmissionAttributes): void {
  const text = Buffer.from(spec.request, 'base64').toString();
  try {
    const request = parseRequest(text);
    if (!request.signatureValid) throw new TypeError('the signature does not match');
    if (spec.signerName === clientSigner && (request.subject.organizations ?? []).includes('system:masters')) {
      throw status.forbidden(subjectOf(definition), name, `use of ${clientSigner} signer with system:masters group is not allowed`);
    }
  } catch (error) {
    if (error instanceof status.StatusError) throw error;
    const message = `Invalid value: ${JSON.stringify(spec.request)}: ${messageOf(error)}`;
    throw status.invalidObject(definition.group, definition.kind, name, [{ type: 'FieldValueInvalid', field: 'spec.request', message }]);
  }
}

/** The leave is given for a signer by its name, or for all of a domain: 'example.com/*'. */
async function checkSigner({ spec }: CertificateSigningRequest, verb: 'approve' | 'sign', attributes: AdmissionAttributes, { authorizer }: AdmissionDependencies): Promise<void> {
  const { user, definition, name } = attributes;
  const names = [spec.signerName, `${spec.signerName.split('/')[0] ?? ''}/*`];
  for (const signer of names) {
    const decision = await authorizer({ user, verb, isResource: true, group, version: '*', resource: 'signers', subresource: '', namespace: '', name: signer, path: '' });
    if (decision.allowed) return;
  }
  throw status.forbidden(subjectOf(definition), name, `user not permitted to ${verb} requests with signerName ${JSON.stringify(spec.signerName)}`);
}
