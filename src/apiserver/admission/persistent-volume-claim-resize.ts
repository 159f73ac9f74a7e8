/**
 * A bound claim may ask for more only where its class lets volumes grow.
 * Upstream: plugin/pkg/admission/storage/persistentvolume/resize
 */
import * as status from '../../apimachinery/status-error.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { claimClassOf, requestedSize } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';

export function persistentVolumeClaimResize({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  const grows = (name: string): boolean => {
    const classes = registry.byResource('storage.k8s.io', 'v1', 'storageclasses');
    const found = classes && objects.cacheOf(classes.definition).list({ prefix: '/' }).find(({ object }) => object.metadata.name === name);
    return (found?.object as unknown as storagev1.StorageClass | undefined)?.allowVolumeExpansion === true;
  };
  return {
    name: 'PersistentVolumeClaimResize',
    handles: ({ operation, definition, subresource }) => operation === 'UPDATE' && subresource === '' && definition.plural === 'persistentvolumeclaims' && definition.group === '',
    validate({ object, old, name }) {
      const claim = object as unknown as corev1.PersistentVolumeClaim;
      const before = old as unknown as corev1.PersistentVolumeClaim;
      if (compareQuantities(requestedSize(claim), requestedSize(before)) <= 0) return;
      const refuse = (why: string): Error => status.forbidden({ group: '', resource: 'persistentvolumeclaims' }, name, why);
      if (before.status?.phase !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded');
      if (!grows(claimClassOf(claim))) throw refuse('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
    },
  };
}
