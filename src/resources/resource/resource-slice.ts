import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';

export const resourceSliceDefinition = defineKind<resourcev1.ResourceSlice>({
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
});

export const resourceSlices = typedKind<resourcev1.ResourceSlice>(resourceSliceDefinition);
