/**
 * Kinds that nothing acts on yet, by the file of their definition below src/resources: they are stored, defaulted, checked and
 * watched like all others. A test sees to it that a kind leaves this list when a room begins to use it.
 */
export const storedKinds: Readonly<Record<string, readonly string[]>> = {
  admissionregistration: ['mutating-admission-policy', 'mutating-admission-policy-binding', 'mutating-webhook-configuration', 'validating-admission-policy', 'validating-admission-policy-binding', 'validating-webhook-configuration'],
  networking: ['ingress', 'ingress-class', 'network-policy'],
  node: [],
  policy: ['pod-security-policy'],
  storage: ['volume-attachment'],
};

const kindOf = (file: string): string => file.split('-').map((word) => (['csi', 'ip', 'cidr'].includes(word) ? word.toUpperCase() : `${word.charAt(0).toUpperCase()}${word.slice(1)}`)).join('');

/** The names of those kinds. */
export const storedKindNames: ReadonlySet<string> = new Set(Object.values(storedKinds).flat().map(kindOf));
