/**
 * How the claims of a Pod stand: bound, to be bound at once by the volume controller, or left until the Pod has a node; and which free
 * volume would serve a claim on a node.
 */
import { compareQuantities } from '../../../apimachinery/quantity.ts';
import { objectKey } from '../../../apimachinery/object.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as storagev1 from '../../../resources/types/storage-v1.ts';
import { selectorOrNothing } from '../../state/affinity-term.ts';
import { selectorMatcher, termMatcher, type NodeFacts } from '../../state/node-selector.ts';

type Claim = corev1.PersistentVolumeClaim;
type Volume = corev1.PersistentVolume;

const bindCompleted = 'pv.kubernetes.io/bind-completed';
export const selectedNode = 'volume.kubernetes.io/selected-node';
const betaClass = 'volume.beta.kubernetes.io/storage-class';
const noProvisioner = 'kubernetes.io/no-provisioner';

export const isBound = (claim: Claim): boolean => Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[bindCompleted] !== undefined;
export const classOf = (claim: Claim): string => claim.metadata.annotations?.[betaClass] ?? claim.spec?.storageClassName ?? '';

/** Whether binding waits for the first Pod that uses the claim. */
export const waitsForPod = (claim: Claim, storageClass: storagev1.StorageClass | undefined): boolean => !claim.spec?.volumeName && storageClass?.volumeBindingMode === 'WaitForFirstConsumer';

/** Whether a node can reach a volume. */
export const reaches = (node: NodeFacts, { spec }: Volume): boolean => spec?.nodeAffinity?.required === undefined || selectorMatcher(spec.nodeAffinity.required)(node);

/** Whether a volume for a claim of this class can be made for a node. */
export function canProvision(node: NodeFacts, storageClass: storagev1.StorageClass): boolean {
  if (storageClass.provisioner === '' || storageClass.provisioner === noProvisioner) return false;
  const topologies = storageClass.allowedTopologies ?? [];
  return topologies.length === 0 || topologies.some(({ matchLabelExpressions = [] }) => termMatcher({ matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values })) })(node));
}

/** The smallest free volume that serves the claim on the node; one made for this claim goes first. */
export function findVolume(claim: Claim, volumes: readonly Volume[], node: NodeFacts, taken: (volume: Volume) => boolean): Volume | undefined {
  let best: Volume | undefined;
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp !== undefined || !serves(volume, claim) || !reaches(node, volume)) continue;
    if (volume.spec?.claimRef !== undefined) {
      if (isFor(volume, claim)) return volume;
      continue;
    }
    if ((volume.status?.phase ?? 'Available') !== 'Available' || taken(volume)) continue;
    if (best === undefined || compareQuantities(sizeOf(volume), sizeOf(best)) < 0) best = volume;
  }
  return best;
}

/** Whether a volume is reserved for just this claim. */
function isFor({ spec }: Volume, claim: Claim): boolean {
  const { name, namespace, uid } = spec?.claimRef ?? {};
  return name === claim.metadata.name && namespace === claim.metadata.namespace && (!uid || uid === claim.metadata.uid);
}

const sizeOf = (volume: Volume): string => volume.spec?.capacity?.['storage'] ?? '0';

function serves(volume: Volume, claim: Claim): boolean {
  const { spec: has } = volume;
  const { spec: wants } = claim;
  if ((has?.storageClassName ?? '') !== classOf(claim)) return false;
  if ((has?.volumeMode ?? 'Filesystem') !== (wants?.volumeMode ?? 'Filesystem')) return false;
  if (!(wants?.accessModes ?? []).every((mode) => has?.accessModes?.includes(mode))) return false;
  if (compareQuantities(sizeOf(volume), wants?.resources?.requests?.['storage'] ?? '0') < 0) return false;
  return wants?.selector === undefined || selectorOrNothing(wants.selector).matches(volume.metadata.labels);
}

/** The claim a volume will be given, as its claimRef says it. */
export const claimReference = (claim: Claim): corev1.ObjectReference => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: claim.metadata.namespace,
  name: claim.metadata.name,
  uid: claim.metadata.uid,
  resourceVersion: claim.metadata.resourceVersion,
});

export const claimKey = (claim: Claim): string => objectKey(claim);
