/** A claim that names no class gets the default one: the newest of those marked so. */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';

const annotations = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export function defaultStorageClass({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: ({ operation, definition, subresource }) => operation === 'CREATE' && subresource === '' && definition.plural === 'persistentvolumeclaims' && definition.group === '',
    admit({ object }) {
      const claim = object as unknown as Draft<corev1.PersistentVolumeClaim>;
      if (!claim.spec || claim.spec.storageClassName !== undefined || claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
      const classes = registry.byResource('storage.k8s.io', 'v1', 'storageclasses');
      if (!classes) return;
      const marked = objects
        .cacheOf(classes.definition)
        .list({ prefix: '/' })
        .map(({ object: found }) => found.metadata)
        .filter((metadata) => annotations.some((annotation) => metadata.annotations?.[annotation] === 'true'))
        .sort((a, b) => ((a.creationTimestamp ?? '') < (b.creationTimestamp ?? '') ? 1 : (a.creationTimestamp ?? '') > (b.creationTimestamp ?? '') ? -1 : (a.name ?? '') < (b.name ?? '') ? -1 : 1));
      const name = marked[0]?.name;
      if (name !== undefined) claim.spec.storageClassName = name;
    },
  };
}
