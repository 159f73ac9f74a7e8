import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const csiStorageCapacityDefinition = defineKind<storagev1.CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
});

export const csiStorageCapacities = typedKind<storagev1.CSIStorageCapacity>(csiStorageCapacityDefinition);
