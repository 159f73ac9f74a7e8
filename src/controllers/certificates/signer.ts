/**
 * Signs approved requests of the kubernetes.io signers with the cluster's authority.
 * Upstream: pkg/controller/certificates/signer/signer.go
 */
import { messageOf } from '../../base/errors.ts';
import { draft } from '../../apimachinery/object.ts';
import type { KeyPair } from '../../pki/certificate-authority.ts';
import { signRequest, type CertificateRequest } from '../../pki/certificate-request.ts';
import { certificateSigningRequests } from '../../resources/certificates/certificate-signing-request.ts';
import type { CertificateSigningRequest } from '../../resources/types/certificates-v1.ts';
import { Controller, running, type ControllerContext, type ControllerFactory } from '../runtime/controller.ts';
import { signers } from './recognize.ts';
import { hasCondition, pemOf, requestOf, withCondition } from './requests.ts';

const longestMs = 365 * 24 * 3600 * 1000;
const shortestMs = 600 * 1000;

export function certificateSigner({ authority }: { readonly authority: KeyPair }): ControllerFactory {
  return (context) => {
    const requests = context.informers.of(certificateSigningRequests);
    const controller = new Controller(context, {
      name: 'certificate-signer',
      async reconcile(name) {
        const request = requests.get(name);
        if (!request || request.status?.certificate || !hasCondition(request, 'Approved')) return;
        if (hasCondition(request, 'Denied') || hasCondition(request, 'Failed')) return;
        const check = signers[request.spec.signerName];
        if (check) await sign(request, check, authority, context);
      },
    });
    controller.watch(requests);
    return running(controller);
  };
}

async function sign(request: CertificateSigningRequest, check: (inner: CertificateRequest, usages: readonly string[]) => string | undefined, authority: KeyPair, { client, clock }: ControllerContext): Promise<void> {
  const usages = request.spec.usages ?? [];
  const resource = client.of(certificateSigningRequests);
  try {
    const problem = check(requestOf(request), usages);
    if (problem !== undefined) throw new TypeError(problem);
  } catch (error) {
    await resource.updateStatus(withCondition(request, { type: 'Failed', reason: 'SignerValidationFailure', message: messageOf(error) }, clock.now()));
    return;
  }
  const { expirationSeconds } = request.spec;
  const lifetimeMs = expirationSeconds === undefined ? longestMs : Math.max(shortestMs, Math.min(longestMs, expirationSeconds * 1000));
  const next = draft(request);
  (next.status ??= {}).certificate = Buffer.from(signRequest(authority, pemOf(request.spec.request), { usages, lifetimeMs })).toString('base64');
  await resource.updateStatus(next);
}
