/** A volume that is bound to a claim is not deleted before it is free. Upstream: pkg/controller/volume/pvprotection/pv_protection_controller.go */
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { volumeProtection } from '../../resources/core/volume-claims.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { setFinalizer } from '../runtime/finalizers.ts';

export const volumeProtectionController: ControllerFactory = (context) => {
  const volumes = context.informers.of(persistentVolumes);
  const controller = new Controller(context, {
    name: 'pv-protection-controller',
    async reconcile(name) {
      const volume = volumes.get(name);
      if (!volume) return;
      const going = volume.metadata.deletionTimestamp !== undefined;
      if (going && volume.status?.phase === 'Bound') return;
      await setFinalizer(context.client, persistentVolumes, volume, volumeProtection, !going);
    },
  });
  controller.watch(volumes);
  return running(controller);
};
