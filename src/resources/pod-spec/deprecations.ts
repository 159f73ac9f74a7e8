/** What Pods, volumes and classes are warned of alike. Upstream: pkg/api/node/util.go, pkg/api/persistentvolume/util.go, pkg/api/pod/warnings.go */
import type { FieldPath } from '../../apimachinery/field-error.ts';
import { isQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkDnsLabel } from '../validation/names.ts';

const whole = 1_000_000_000n;

/** Labels of nodes that have other names now. */
export const nodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

export const labelWarning = (key: string, path: FieldPath): string[] => (nodeLabels[key] === undefined ? [] : [`${path.toString()}: ${key} is ${nodeLabels[key]}`]);

export const termWarnings = (term: corev1.NodeSelectorTerm | undefined, path: FieldPath): string[] =>
  (term?.matchExpressions ?? []).flatMap(({ key }, i) => labelWarning(key, path.child('matchExpressions').index(i).child('key')));

type VolumeType = keyof corev1.Volume | keyof corev1.PersistentVolumeSpec;
const volumeTypes: readonly (readonly [VolumeType, string, string?])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'], ['gitRepo', 'deprecated in v1.11'], ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'], ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'], ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'], ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'], ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** The source of a Pod's volume or of a PersistentVolume. */
export const sourceWarnings = (source: Readonly<Partial<Record<VolumeType, unknown>>>, path: FieldPath): string[] =>
  volumeTypes.flatMap(([type, message, name = type]) => (source[type] === undefined ? [] : [`${path.child(name).toString()}: ${message}`]));

/** Bytes come whole. `names`: the amounts that are bytes. */
export function fractionWarnings(amounts: Readonly<Record<string, string>> | undefined, names: readonly string[], path: FieldPath): string[] {
  const warnings: string[] = [];
  if (amounts === undefined) return warnings;
  for (const name of names) {
    const amount = amounts[name];
    if (amount === undefined || !isQuantity(amount) || parseQuantity(amount).nanos % whole === 0n) continue;
    warnings.push(`${path.key(name).toString()}: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`);
  }
  return warnings;
}

/** Of a claim, or of the template of one. */
export const claimSpecWarnings = (given: corev1.PersistentVolumeClaimSpec | undefined, path: FieldPath): string[] => fractionWarnings(given?.resources?.requests, ['storage'], path.child('resources', 'requests'));

/** Names of what makes Pods become part of their names, which are host names. */
export function nameWarnings(name: string | undefined, use = 'in Pod names and hostnames'): string[] {
  const wrong = checkDnsLabel(name ?? '');
  return wrong.length === 0 ? [] : [`metadata.name: this is used ${use}, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(' ')}]`];
}
