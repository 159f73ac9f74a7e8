import { ageColumn, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const csiStorageCapacityDefinition = defineKind<storagev1.CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  strategy: { generation: 'none', allowUnconditionalUpdate: true },
  columns: [nameColumn, text('StorageClassName', ({ storageClassName }) => storageClassName ?? ''), text('Capacity', ({ capacity }) => capacity ?? unset), ageColumn],
});

export const csiStorageCapacities = typedKind<storagev1.CSIStorageCapacity>(csiStorageCapacityDefinition);
