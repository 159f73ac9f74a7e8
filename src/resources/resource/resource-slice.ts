import { ageColumn, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';

export const resourceSliceDefinition = defineKind<resourcev1.ResourceSlice>({
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  columns: [nameColumn, text('Node', ({ spec }) => spec?.nodeName ?? (spec?.allNodes === true ? '<all>' : unset)), text('Driver', ({ spec }) => spec?.driver ?? ''), text('Pool', ({ spec }) => spec?.pool?.name ?? ''), ageColumn],
});

export const resourceSlices = typedKind<resourcev1.ResourceSlice>(resourceSliceDefinition);
