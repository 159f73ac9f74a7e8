import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const csiNodeDefinition = defineKind<storagev1.CSINode>({
  group: 'storage.k8s.io',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
});

export const csiNodes = typedKind<storagev1.CSINode>(csiNodeDefinition);
