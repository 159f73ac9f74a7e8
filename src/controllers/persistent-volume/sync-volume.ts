/**
 * Brings one volume's phase in line with its claim, and gives it back when its claim is gone.
 * Upstream: pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume, reclaimVolume)
 */
import { isNotFound } from '../../apimachinery/status-error.ts';
import { provisionedBy } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { unbind } from './bind.ts';
import type { Claim, StorageObjects, Volume } from './storage-objects.ts';

/** `wakeClaim` has a claim looked at. */
export async function syncVolume(volume: Volume, objects: StorageObjects, wakeClaim: (key: string) => void): Promise<void> {
  const { claimRef } = volume.spec ?? {};
  if (claimRef === undefined || !claimRef.uid) {
    await objects.setVolumePhase(volume, 'Available');
    if (claimRef) wakeClaim(`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`);
    return;
  }
  const claim = await claimOf(claimRef, volume, objects);
  if (!claim) return release(volume, objects);
  const { volumeName = '' } = claim.spec ?? {};
  if (volumeName === '') wakeClaim(`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`);
  else if (volumeName === volume.metadata.name) await objects.setVolumePhase(volume, 'Bound');
  else if (volume.metadata.annotations?.[provisionedBy] !== undefined && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') await release(volume, objects);
  else await unbind(volume, objects);
}

/** The claim that a volume names by UID. One that the informer does not have is asked for: nobody's data is given up for a late watch. */
async function claimOf(claimRef: corev1.ObjectReference, volume: Volume, objects: StorageObjects): Promise<Claim | undefined> {
  const { namespace = '', name = '', uid } = claimRef;
  const known = objects.claims.get(`${namespace}/${name}`);
  if (known?.metadata.uid === uid) return known;
  const { phase } = volume.status ?? {};
  if (phase === 'Released' || phase === 'Failed') return undefined;
  try {
    const fresh = await objects.readClaim(namespace, name);
    return fresh.metadata.uid === uid ? fresh : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function release(volume: Volume, objects: StorageObjects): Promise<void> {
  const { phase } = volume.status ?? {};
  const released = phase === 'Released' || phase === 'Failed' ? volume : await objects.setVolumePhase(volume, 'Released');
  await reclaim(released, objects);
}

/** Volumes with a provisioner are its to remove; the control plane itself can remove none. */
async function reclaim(volume: Volume, objects: StorageObjects): Promise<void> {
  const { persistentVolumeReclaimPolicy: policy = 'Retain' } = volume.spec ?? {};
  if (policy === 'Recycle') return fail(volume, 'VolumeFailedRecycle', 'no volume plugin matched', objects);
  if (policy !== 'Delete' || volume.metadata.annotations?.[provisionedBy] !== undefined) return;
  const message = `error getting deleter volume plugin for volume "${volume.metadata.name ?? ''}": no deletable volume plugin matched`;
  await fail(volume, 'VolumeFailedDelete', message, objects);
}

async function fail(volume: Volume, reason: string, message: string, objects: StorageObjects): Promise<void> {
  if (volume.status?.phase === 'Failed') return;
  await objects.setVolumePhase(volume, 'Failed', message);
  objects.tellOfVolume(volume, 'Warning', reason, message);
}
