/**
 * How a request of a node is told from others: who it is for, which names it asks for, and what the certificate is to be used for.
 * Upstream: pkg/apis/certificates/helpers.go
 */

/** What must be known of the PKCS#10 request itself. */
export interface RequestContents {
  readonly subject: { readonly commonName?: string | undefined; readonly organizations?: readonly string[] | undefined };
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

const nodePrefix = 'system:node:';
const nodesGroup = 'system:nodes';

type Usages = readonly string[];

const sameSet = (usages: Usages, wanted: Usages): boolean => new Set(usages).size === wanted.length && wanted.every((usage) => usages.includes(usage));
const forKey = (usages: Usages, purpose: string): boolean =>
  sameSet(usages, ['digital signature', 'key encipherment', purpose]) || sameSet(usages, ['digital signature', purpose]);

function isOfNode({ subject }: RequestContents): string | undefined {
  const { commonName = '', organizations = [] } = subject;
  if (organizations.length !== 1 || organizations[0] !== nodesGroup) return `subject organization is not ${nodesGroup}`;
  return commonName.startsWith(nodePrefix) ? undefined : `subject common name does not begin with ${nodePrefix}`;
}

/** What keeps a request from being one for a node's client certificate; undefined: nothing. */
export function nodeClientProblem(request: RequestContents, usages: Usages): string | undefined {
  const problem = isOfNode(request);
  if (problem !== undefined) return problem;
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return forKey(usages, 'client auth') ? undefined : 'usages did not match [client auth digital signature key encipherment]';
}

/** The same for a certificate with which a node serves. */
export function nodeServingProblem(request: RequestContents, usages: Usages): string | undefined {
  const problem = isOfNode(request);
  if (problem !== undefined) return problem;
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return forKey(usages, 'server auth') ? undefined : 'usages did not match [digital signature key encipherment server auth]';
}

/** The signer that v1beta1 gives a request without one; undefined: the one for clients of old. */
export function signerOfNode(request: RequestContents, usages: Usages): string | undefined {
  if (nodeClientProblem(request, usages) === undefined) return 'kubernetes.io/kube-apiserver-client-kubelet';
  return nodeServingProblem(request, usages) === undefined ? 'kubernetes.io/kubelet-serving' : undefined;
}
