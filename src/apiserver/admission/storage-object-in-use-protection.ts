/**
 * Claims and volumes are born with a finalizer, so that deleting one waits until nobody uses it.
 * Upstream: plugin/pkg/admission/storage/storageobjectinuseprotection
 */
import { claimProtection, volumeProtection } from '../../resources/core/volume-claims.ts';
import type { AdmissionPlugin } from './plugin.ts';

const finalizers: Readonly<Record<string, string>> = {
  '/persistentvolumeclaims': claimProtection,
  '/persistentvolumes': volumeProtection,
};

export function storageObjectInUseProtection(): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    handles: ({ operation, definition, subresource }) => operation === 'CREATE' && subresource === '' && `${definition.group}/${definition.plural}` in finalizers,
    admit({ object, definition }) {
      const finalizer = finalizers[`${definition.group}/${definition.plural}`];
      if (!object || finalizer === undefined) return;
      const present = object.metadata.finalizers ?? [];
      if (!present.includes(finalizer)) object.metadata.finalizers = [...present, finalizer];
    },
  };
}
