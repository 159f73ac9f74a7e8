/**
 * Brings one claim on: finds it a volume, asks for one to be made, waits, or finds that what it had is lost.
 * Upstream: pkg/controller/volume/persistentvolume/pv_controller.go (syncClaim)
 */
import { objectKey } from '../../apimachinery/object.ts';
import { betaStorageProvisioner, bindCompleted, boundByController, claimClassOf, findVolume, isVolumeFor, mismatch, selectedNode, storageProvisioner, waitsForPod } from '../../resources/core/volume-claims.ts';
import { isDefaultClass } from '../../resources/storage/storage-class.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import { bind } from './bind.ts';
import type { Claim, StorageObjects } from './storage-objects.ts';

/** True: nothing happened, look again later. */
export type Waiting = boolean;

export async function syncClaim(claim: Claim, objects: StorageObjects): Promise<Waiting> {
  if (claim.metadata.annotations?.[bindCompleted] !== undefined) return syncBound(claim, objects);
  if (claim.metadata.deletionTimestamp !== undefined) return false;
  return claim.spec?.volumeName ? syncNamed(claim, claim.spec.volumeName, objects) : syncOpen(claim, objects);
}

async function syncOpen(claim: Claim, objects: StorageObjects): Promise<Waiting> {
  const storageClass = objects.classNamed(claimClassOf(claim));
  const waits = waitsForPod(claim, storageClass) && claim.metadata.annotations?.[selectedNode] === undefined;
  const volume = findVolume(claim, objects.volumes.list(), { reservedOnly: waits });
  if (volume) {
    await bind(claim, volume, objects);
    return false;
  }
  const withClass = await giveDefaultClass(claim, objects);
  if (withClass) return syncOpen(withClass, objects);
  if (waits) tellWaiting(claim, objects);
  else if (claimClassOf(claim) !== '') return provision(claim, storageClass, objects);
  else objects.tellOfClaim(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  await objects.setClaimStatus(claim, { phase: 'Pending' });
  return true;
}

/** A claim from before there was a default class gets it as soon as there is one. */
async function giveDefaultClass(claim: Claim, objects: StorageObjects): Promise<Claim | undefined> {
  if (claim.spec?.storageClassName !== undefined || claimClassOf(claim) !== '') return undefined;
  const defaults = objects.classes.list().filter(isDefaultClass).sort(newestFirst);
  const name = defaults[0]?.metadata.name;
  return name === undefined ? undefined : objects.patchClaim(claim, { spec: { storageClassName: name } });
}

const newestFirst = (a: storagev1.StorageClass, b: storagev1.StorageClass): number =>
  ((b.metadata.creationTimestamp ?? '') > (a.metadata.creationTimestamp ?? '') ? 1 : (b.metadata.creationTimestamp ?? '') < (a.metadata.creationTimestamp ?? '') ? -1 : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);

function tellWaiting(claim: Claim, objects: StorageObjects): void {
  const waiting = objects.podsOf(objectKey(claim)).filter((pod) => !pod.spec?.nodeName && pod.metadata.deletionTimestamp === undefined);
  if (waiting.length === 0) return objects.tellOfClaim(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  const names = waiting.map(({ metadata }) => metadata.name ?? '').sort();
  objects.tellOfClaim(claim, 'Normal', 'WaitForPodScheduled', names.length === 1 ? `waiting for pod ${names[0] ?? ''} to be scheduled` : `waiting for pods ${names.join(',')} to be scheduled`);
}

/** Volumes are made by provisioners outside: this names the one who is asked. */
async function provision(claim: Claim, storageClass: storagev1.StorageClass | undefined, objects: StorageObjects): Promise<Waiting> {
  const name = claimClassOf(claim);
  if (!storageClass) {
    objects.tellOfClaim(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
  } else if (storageClass.provisioner.startsWith('kubernetes.io/')) {
    objects.tellOfClaim(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${storageClass.provisioner}`);
  } else {
    const { provisioner } = storageClass;
    const asked = claim.metadata.annotations?.[storageProvisioner] === provisioner && claim.metadata.annotations[betaStorageProvisioner] === provisioner;
    const current = asked ? claim : await objects.patchClaim(claim, { annotations: { [storageProvisioner]: provisioner, [betaStorageProvisioner]: provisioner } });
    objects.tellOfClaim(current, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
  }
  await objects.setClaimStatus(claim, { phase: 'Pending' });
  return true;
}

/** The user has asked for one volume by name. */
async function syncNamed(claim: Claim, volumeName: string, objects: StorageObjects): Promise<Waiting> {
  const volume = objects.volumes.get(volumeName);
  const free = volume?.spec?.claimRef === undefined;
  if (volume && (free || isVolumeFor(volume, claim))) {
    const why = free ? mismatch(volume, claim) : undefined;
    if (why === undefined) {
      await bind(claim, volume, objects);
      return false;
    }
    objects.tellOfClaim(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${why}`);
  } else if (volume && claim.metadata.annotations?.[boundByController] === undefined) {
    objects.tellOfClaim(claim, 'Warning', 'FailedBinding', `volume "${volumeName}" already bound to a different claim.`);
  }
  await objects.setClaimStatus(claim, { phase: 'Pending' });
  return true;
}

async function syncBound(claim: Claim, objects: StorageObjects): Promise<Waiting> {
  const volumeName = claim.spec?.volumeName ?? '';
  if (volumeName === '') return lose(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!', objects);
  const volume = objects.volumes.get(volumeName);
  if (!volume) return lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!', objects);
  const { claimRef } = volume.spec ?? {};
  if (claimRef !== undefined && claimRef.uid !== claim.metadata.uid && !isVolumeFor(volume, claim)) {
    return lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly', objects);
  }
  await bind(claim, volume, objects);
  return false;
}

async function lose(claim: Claim, reason: string, message: string, objects: StorageObjects): Promise<Waiting> {
  if (claim.status?.phase !== 'Lost') objects.tellOfClaim(claim, 'Warning', reason, message);
  await objects.setClaimStatus(claim, { phase: 'Lost', accessModes: undefined, capacity: undefined });
  return false;
}
