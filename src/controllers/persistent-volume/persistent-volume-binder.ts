/**
 * Binds claims to volumes. Claims and volumes are worked on by one worker, one at a time: what a claim takes must not be offered to the
 * next. While nothing serves a claim it is looked at every 15 seconds, and whenever a volume or class changes.
 * Upstream: pkg/controller/volume/persistentvolume
 */
import { objectKey } from '../../apimachinery/object.ts';
import { isBound } from '../../resources/core/volume-claims.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { StorageObjects, type Claim, type Volume } from './storage-objects.ts';
import { syncClaim } from './sync-claim.ts';
import { syncVolume } from './sync-volume.ts';

const lookAgain = 15_000;
const claimPrefix = 'claim:';
const volumePrefix = 'volume:';

export const persistentVolumeBinder: ControllerFactory = (context) => {
  const objects = new StorageObjects(context);
  const wakeClaim = (key: string): void => controller.queue.add(claimPrefix + key);
  const wakeVolume = (name: string): void => controller.queue.add(volumePrefix + name);
  const controller: Controller = new Controller(context, {
    name: 'persistentvolume-binder-controller',
    workers: 1,
    async reconcile(key) {
      if (key.startsWith(claimPrefix)) {
        const claim = objects.claims.get(key.slice(claimPrefix.length));
        return claim && (await syncClaim(claim, objects)) ? { after: lookAgain } : undefined;
      }
      const volume = objects.volumes.get(key.slice(volumePrefix.length));
      if (volume) await syncVolume(volume, objects, wakeClaim);
      return undefined;
    },
  });
  const openClaims = (wanted: (claim: Claim) => boolean): void => {
    for (const claim of objects.claims.list()) if (!isBound(claim) && wanted(claim)) wakeClaim(objectKey(claim));
  };
  const claimChanged = (claim: Claim): void => {
    wakeClaim(objectKey(claim));
    if (claim.spec?.volumeName) wakeVolume(claim.spec.volumeName);
  };
  objects.claims.informer.addHandler({
    added: claimChanged,
    updated: claimChanged,
    deleted: (claim) => {
      if (claim.spec?.volumeName) wakeVolume(claim.spec.volumeName);
    },
  });
  const volumeChanged = (volume: Volume): void => {
    wakeVolume(volume.metadata.name ?? '');
    const { claimRef } = volume.spec ?? {};
    if (claimRef) wakeClaim(`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`);
    else if (volume.status?.phase === 'Available') openClaims(() => true);
  };
  objects.volumes.informer.addHandler({ added: volumeChanged, updated: volumeChanged, deleted: volumeChanged });
  const classChanged = (): void => openClaims(() => true);
  objects.classes.addHandler({ added: classChanged, updated: classChanged });
  return running(controller);
};
