/**
 * Ties a claim and a volume together in four writes, each of which may be the last before a crash: the volume names the claim, is
 * Bound, the claim names the volume, is Bound. Done again it writes only what is missing.
 * Upstream: pkg/controller/volume/persistentvolume/pv_controller.go (bind)
 */
import { bindCompleted, boundByController, claimReference, isVolumeFor } from '../../resources/core/volume-claims.ts';
import type { Claim, StorageObjects, Volume } from './storage-objects.ts';

export async function bind(claim: Claim, volume: Volume, objects: StorageObjects): Promise<void> {
  const named = await nameClaim(volume, claim, objects);
  const boundVolume = await objects.setVolumePhase(named, 'Bound');
  const naming = await nameVolume(claim, boundVolume, objects);
  await showBound(naming, boundVolume, objects);
}

/** Undoes what `bind` did to the volume: one that the user reserved by name stays reserved. */
export async function unbind(volume: Volume, objects: StorageObjects): Promise<void> {
  const ours = volume.metadata.annotations?.[boundByController] !== undefined;
  const freed = await objects.patchVolume(volume, ours ? { annotations: { [boundByController]: null }, spec: { claimRef: null } } : { spec: { claimRef: { uid: null, resourceVersion: null } } });
  await objects.setVolumePhase(freed, 'Available');
}

async function nameClaim(volume: Volume, claim: Claim, objects: StorageObjects): Promise<Volume> {
  if (volume.spec?.claimRef?.uid === claim.metadata.uid) return volume;
  const chosen = volume.spec?.claimRef === undefined || !isVolumeFor(volume, claim);
  return objects.patchVolume(volume, { ...(chosen ? { annotations: { [boundByController]: 'yes' } } : {}), spec: { claimRef: claimReference(claim) } });
}

async function nameVolume(claim: Claim, volume: Volume, objects: StorageObjects): Promise<Claim> {
  const named = claim.spec?.volumeName === volume.metadata.name;
  const complete = claim.metadata.annotations?.[bindCompleted] !== undefined;
  if (named && complete) return claim;
  return objects.patchClaim(claim, {
    annotations: { [bindCompleted]: 'yes', ...(named ? {} : { [boundByController]: 'yes' }) },
    ...(named ? {} : { spec: { volumeName: volume.metadata.name } }),
  });
}

/** A bound claim's size is the resizer's from then on. */
async function showBound(claim: Claim, volume: Volume, objects: StorageObjects): Promise<void> {
  const known = claim.status?.phase === 'Bound' && claim.status.capacity?.['storage'] !== undefined;
  const capacity = known ? claim.status.capacity : volume.spec?.capacity;
  await objects.setClaimStatus(claim, { phase: 'Bound', accessModes: volume.spec?.accessModes, capacity });
}
