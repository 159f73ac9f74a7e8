import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const storageClassDefinition = defineKind<storagev1.StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
  shortNames: ['sc'],
});

export const storageClasses = typedKind<storagev1.StorageClass>(storageClassDefinition);
