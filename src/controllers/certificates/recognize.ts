/**
 * What the signers of kubernetes.io accept in a certificate request.
 * Upstream: pkg/apis/certificates/helpers.go
 */
import type { CertificateRequest } from '../../pki/certificate-request.ts';

const nodePrefix = 'system:node:';
const nodesGroup = 'system:nodes';

type Usages = readonly string[];

const sameSet = (usages: Usages, wanted: Usages): boolean => new Set(usages).size === wanted.length && wanted.every((usage) => usages.includes(usage));
const forKey = (usages: Usages, purpose: string): boolean =>
  sameSet(usages, ['digital signature', 'key encipherment', purpose]) || sameSet(usages, ['digital signature', purpose]);

function isOfNode({ subject }: CertificateRequest): string | undefined {
  const { commonName = '', organizations = [] } = subject;
  if (organizations.length !== 1 || organizations[0] !== nodesGroup) return `subject organization is not ${nodesGroup}`;
  return commonName.startsWith(nodePrefix) ? undefined : `subject common name does not begin with ${nodePrefix}`;
}

/** What keeps a request from being one for a node's client certificate; undefined: nothing. */
export function nodeClientProblem(request: CertificateRequest, usages: Usages): string | undefined {
  const problem = isOfNode(request);
  if (problem !== undefined) return problem;
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return forKey(usages, 'client auth') ? undefined : 'usages did not match [client auth digital signature key encipherment]';
}

/** The same for a certificate with which a node serves. */
export function nodeServingProblem(request: CertificateRequest, usages: Usages): string | undefined {
  const problem = isOfNode(request);
  if (problem !== undefined) return problem;
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return forKey(usages, 'server auth') ? undefined : 'usages did not match [digital signature key encipherment server auth]';
}

const clientUsages: ReadonlySet<string> = new Set(['client auth', 'digital signature', 'key encipherment']);

/** The same for a client certificate of any user. */
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
