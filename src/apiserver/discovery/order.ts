/** The order of groups and versions in discovery: clients that find a resource in several groups take the first. */

/** Upstream's order; groups it does not know come after these, retired ones last. */
const knownOrder = [
  '', 'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch',
  'certificates.k8s.io', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'admissionregistration.k8s.io',
  'apiextensions.k8s.io', 'scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io', 'discovery.k8s.io', 'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];
const retiredGroups = ['extensions'];

export function groupOrder(group: string): number {
  const known = knownOrder.indexOf(group);
  if (known >= 0) return known;
  return retiredGroups.includes(group) ? 10_000 : 1_000;
}

/** v2 before v1 before v1beta2 before v1beta1 before v1alpha1; other names last, by letter. Upstream: k8s.io/apimachinery/pkg/version */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor;
}

function rank(version: string): { stage: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return undefined;
  return { stage: match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}
