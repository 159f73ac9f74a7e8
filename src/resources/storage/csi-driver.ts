/** CSIDrivers: what a storage driver needs of Kubernetes. Upstream: pkg/apis/storage/v1/defaults.go */
import { ageColumn, flag, nameColumn, none, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const csiDriverDefinition = defineKind<storagev1.CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('storage.k8s.io', 'v1beta1', 'CSIDriver', '1.19', '1.22') }],
  strategy: {
    defaults({ spec }) {
      if (spec === undefined) return;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      spec.volumeLifecycleModes ??= ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
  },
  columns: [
    nameColumn,
    flag('AttachRequired', ({ spec }) => spec?.attachRequired ?? true),
    flag('PodInfoOnMount', ({ spec }) => spec?.podInfoOnMount ?? false),
    flag('StorageCapacity', ({ spec }) => spec?.storageCapacity ?? false),
    text('TokenRequests', ({ spec }) => (spec?.tokenRequests ?? []).map(({ audience }) => audience).join(',') || unset),
    flag('RequiresRepublish', ({ spec }) => spec?.requiresRepublish ?? false),
    text('Modes', ({ spec }) => (spec?.volumeLifecycleModes ?? []).join(',') || none),
    ageColumn,
  ],
});

export const csiDrivers = typedKind<storagev1.CSIDriver>(csiDriverDefinition);
