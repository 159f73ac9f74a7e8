/**
 * A VolumeAttributesClass that a claim or a volume has, or is to have, is not deleted before they are gone.
 * Upstream: pkg/controller/volume/vacprotection/vac_protection_controller.go
 */
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { attributesClassProtection, volumeAttributesClasses } from '../../resources/storage/volume-attributes-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { setFinalizer } from '../runtime/finalizers.ts';

const byClass = 'attributes-class';

export const attributesClassProtectionController: ControllerFactory = (context) => {
  const { client, informers } = context;
  const classes = informers.of(volumeAttributesClasses);
  const claims = informers.of(persistentVolumeClaims).addIndex(byClass, classesOfClaim);
  const volumes = informers.of(persistentVolumes).addIndex(byClass, classesOfVolume);
  const controller = new Controller(context, {
    name: 'volumeattributesclass-protection-controller',
    async reconcile(name) {
      const found = classes.get(name);
      if (!found) return;
      const going = found.metadata.deletionTimestamp !== undefined;
      if (going && (claims.byIndex(byClass, name).length > 0 || volumes.byIndex(byClass, name).length > 0)) return;
      await setFinalizer(client, volumeAttributesClasses, found, attributesClassProtection, !going);
    },
  });
  controller.watch(classes);
  const wake = (names: readonly string[]): void => {
    for (const name of names) if (classes.get(name)?.metadata.deletionTimestamp !== undefined) controller.queue.add(name);
  };
  claims.addHandler({ updated: (_, old) => wake(classesOfClaim(old)), deleted: (old) => wake(classesOfClaim(old)) });
  volumes.addHandler({ updated: (_, old) => wake(classesOfVolume(old)), deleted: (old) => wake(classesOfVolume(old)) });
  return running(controller);
};

function classesOfClaim({ spec, status }: corev1.PersistentVolumeClaim): string[] {
  const names = [spec?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName];
  return [...new Set(names.flatMap((name) => name || []))];
}

const classesOfVolume = ({ spec }: corev1.PersistentVolume): string[] => (spec?.volumeAttributesClassName ? [spec.volumeAttributesClassName] : []);
