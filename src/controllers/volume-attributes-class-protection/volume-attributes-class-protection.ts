/**
 * A VolumeAttributesClass that a claim asks for or has, or a volume has, is not deleted before it is free.
 * Upstream: pkg/controller/volume/vacprotection/vac_protection_controller.go
 */
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { volumeAttributesClasses } from '../../resources/storage/volume-attributes-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { hasFinalizer, setFinalizer } from '../runtime/finalizers.ts';

const protection = 'kubernetes.io/vac-protection';
const byClass = 'volume-attributes-class';

export const volumeAttributesClassProtectionController: ControllerFactory = (context) => {
  const { client, informers } = context;
  const classes = informers.of(volumeAttributesClasses);
  const claims = informers.of(persistentVolumeClaims).addIndex(byClass, classesOfClaim);
  const volumes = informers.of(persistentVolumes).addIndex(byClass, classesOfVolume);
  const controller = new Controller(context, {
    name: 'volumeattributesclass-protection-controller',
    async reconcile(name) {
      const found = classes.get(name);
      if (!found) return;
      if (found.metadata.deletionTimestamp === undefined) return setFinalizer(client, volumeAttributesClasses, found, protection, true);
      if (!hasFinalizer(found, protection) || claims.byIndex(byClass, name).length + volumes.byIndex(byClass, name).length > 0) return;
      // The informers may be behind a claim that was made just now.
      const using = [...(await client.of(persistentVolumeClaims).list()).items.flatMap(classesOfClaim), ...(await client.of(persistentVolumes).list()).items.flatMap(classesOfVolume)];
      if (!using.includes(name)) await setFinalizer(client, volumeAttributesClasses, found, protection, false);
    },
  });
  controller.watch(classes);
  const wake = (names: readonly string[]): void => {
    for (const name of names) if (classes.get(name)?.metadata.deletionTimestamp !== undefined) controller.queue.add(name);
  };
  claims.addHandler({ updated: (_claim, old) => wake(classesOfClaim(old)), deleted: (claim) => wake(classesOfClaim(claim)) });
  volumes.addHandler({ updated: (_volume, old) => wake(classesOfVolume(old)), deleted: (volume) => wake(classesOfVolume(volume)) });
  return running(controller);
};

/** The class a claim wants, the one it has, and the one it is being brought to. */
function classesOfClaim({ spec, status }: corev1.PersistentVolumeClaim): string[] {
  const named = [spec?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName];
  return [...new Set(named.filter((name) => name !== undefined && name !== ''))] as string[];
}

function classesOfVolume({ spec }: corev1.PersistentVolume): string[] {
  return spec?.volumeAttributesClassName ? [spec.volumeAttributesClassName] : [];
}
