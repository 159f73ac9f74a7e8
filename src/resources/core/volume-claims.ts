/**
 * Claims and volumes: the annotations by which controllers, scheduler and provisioners tell one another how far a claim is, and which
 * volumes would serve it.
 * Upstream: k8s.io/component-helpers/storage/volume (pv_helpers.go)
 */
import { LabelSelector, SelectorError, selectorOf } from '../../apimachinery/label-selector.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as storagev1 from '../types/storage-v1.ts';

type Claim = corev1.PersistentVolumeClaim;
type Volume = corev1.PersistentVolume;

/** 'yes' on a claim that was bound once. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
/** 'yes' where the control plane, not the user, chose the partner. */
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** On a volume: the provisioner that made it and will remove it. */
export const provisionedBy = 'pv.kubernetes.io/provisioned-by';
/** On a claim: the node that a volume is wanted for. */
export const selectedNode = 'volume.kubernetes.io/selected-node';
/** On a claim: the provisioner that is to make its volume. */
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner';
export const betaStorageProvisioner = 'volume.beta.kubernetes.io/storage-provisioner';
export const claimProtection = 'kubernetes.io/pvc-protection';
export const volumeProtection = 'kubernetes.io/pv-protection';
const betaClass = 'volume.beta.kubernetes.io/storage-class';

export const isBound = (claim: Claim): boolean => Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[bindCompleted] !== undefined;
export const claimClassOf = (claim: Claim): string => claim.metadata.annotations?.[betaClass] ?? claim.spec?.storageClassName ?? '';
export const volumeClassOf = (volume: Volume): string => volume.metadata.annotations?.[betaClass] ?? volume.spec?.storageClassName ?? '';

/** Whether binding waits for the first Pod that uses the claim. */
export const waitsForPod = (claim: Claim, storageClass: storagev1.StorageClass | undefined): boolean => !claim.spec?.volumeName && storageClass?.volumeBindingMode === 'WaitForFirstConsumer';

/** The name of the claim that a Pod's volume stands for; undefined for other kinds of volumes. */
export function claimNameOf(pod: corev1.Pod, volume: corev1.Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral ? `${pod.metadata.name ?? ''}-${volume.name}` : undefined;
}

/** The claim a volume is given to, as its claimRef says it. */
export const claimReference = (claim: Claim): corev1.ObjectReference => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: claim.metadata.namespace,
  name: claim.metadata.name,
  uid: claim.metadata.uid,
  resourceVersion: claim.metadata.resourceVersion,
});

/** Whether a volume is reserved for just this claim: by name, and by UID where the volume names one. */
export function isVolumeFor({ spec }: Volume, claim: Claim): boolean {
  const { name, namespace, uid } = spec?.claimRef ?? {};
  return name === claim.metadata.name && namespace === claim.metadata.namespace && (!uid || uid === claim.metadata.uid);
}

export const volumeSize = (volume: Volume): string => volume.spec?.capacity?.['storage'] ?? '0';
export const requestedSize = (claim: Claim): string => claim.spec?.resources?.requests?.['storage'] ?? '0';

/** Why a volume that the claim names cannot be its volume; undefined where it can. */
export function mismatch(volume: Volume, claim: Claim): string | undefined {
  if (compareQuantities(volumeSize(volume), requestedSize(claim)) < 0) return 'requested PV is too small';
  if (volumeClassOf(volume) !== claimClassOf(claim)) return 'storageClassName does not match';
  if (!sameMode(volume, claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

/** Whether a free volume could serve the claim, wherever its Pods run. */
export function serves(volume: Volume, claim: Claim): boolean {
  return mismatch(volume, claim) === undefined && (claim.spec?.selector === undefined || selectorOrNothing(claim.spec.selector).matches(volume.metadata.labels));
}

export interface VolumeChoice {
  /** Volumes for which this is false are passed over. */
  readonly reachable?: (volume: Volume) => boolean;
  /** True for volumes that are chosen for others already. */
  readonly taken?: (volume: Volume) => boolean;
  /** Only volumes reserved for the claim count: the free ones wait for the Pod's node. */
  readonly reservedOnly?: boolean;
}

/** The smallest free volume that serves the claim; one that is reserved for it goes first. */
export function findVolume(claim: Claim, volumes: readonly Volume[], { reachable, taken, reservedOnly }: VolumeChoice = {}): Volume | undefined {
  let best: Volume | undefined;
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp !== undefined) continue;
    if (volume.spec?.claimRef !== undefined) {
      if (isVolumeFor(volume, claim) && mismatch(volume, claim) === undefined && reachable?.(volume) !== false) return volume;
      continue;
    }
    if (reservedOnly === true || volume.status?.phase !== 'Available' || !serves(volume, claim)) continue;
    if (reachable?.(volume) === false || taken?.(volume) === true) continue;
    if (best === undefined || compareQuantities(volumeSize(volume), volumeSize(best)) < 0) best = volume;
  }
  return best;
}

const sameMode = (volume: Volume, claim: Claim): boolean => (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem');
const hasModes = (volume: Volume, claim: Claim): boolean => (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));

/** Validation keeps selectors out that cannot be understood; one that got in picks nothing. */
function selectorOrNothing(selector: NonNullable<corev1.PersistentVolumeClaimSpec['selector']>): LabelSelector {
  try {
    return selectorOf(selector);
  } catch (error) {
    if (error instanceof SelectorError) return LabelSelector.nothing;
    throw error;
  }
}
