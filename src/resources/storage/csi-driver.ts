import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const csiDriverDefinition = defineKind<storagev1.CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
});

export const csiDrivers = typedKind<storagev1.CSIDriver>(csiDriverDefinition);
