/**
 * What the signers of kubernetes.io accept in a certificate request.
 * Upstream: pkg/apis/certificates/helpers.go
 */
import type { CertificateRequest } from '../../pki/certificate-request.ts';
import { nodeClientProblem, nodeServingProblem } from '../../resources/certificates/node-requests.ts';

type Usages = readonly string[];

const clientUsages: ReadonlySet<string> = new Set(['client auth', 'digital signature', 'key encipherment']);

/** What keeps a request from being one for a client certificate of any user; undefined: nothing. */
export function clientProblem(_request: CertificateRequest, usages: Usages): string | undefined {
  if (usages.some((usage) => !clientUsages.has(usage)) || !usages.includes('client auth')) return 'invalid usage for client certificate: usages must include client auth, and may be digital signature and key encipherment besides';
  return undefined;
}

/** Why the signer refuses a request; its keys are the signers there are. */
export const signers: Readonly<Record<string, (request: CertificateRequest, usages: Usages) => string | undefined>> = {
  'kubernetes.io/kube-apiserver-client': clientProblem,
  'kubernetes.io/kube-apiserver-client-kubelet': nodeClientProblem,
  'kubernetes.io/kubelet-serving': nodeServingProblem,
  'kubernetes.io/legacy-unknown': () => undefined,
};
