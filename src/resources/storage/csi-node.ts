import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const csiNodeDefinition = defineKind<storagev1.CSINode>({
  group: 'storage.k8s.io',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('storage.k8s.io', 'v1beta1', 'CSINode', '1.17', '1.22') }],
  strategy: { generation: 'none', allowUnconditionalUpdate: true },
  columns: [nameColumn, integer('Drivers', ({ spec }) => (spec?.drivers ?? []).length), ageColumn],
});

export const csiNodes = typedKind<storagev1.CSINode>(csiNodeDefinition);
