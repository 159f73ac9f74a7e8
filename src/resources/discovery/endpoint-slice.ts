import { defineKind, typedKind } from '../define.ts';
import type * as discoveryv1 from '../types/discovery-v1.ts';

export const endpointSliceDefinition = defineKind<discoveryv1.EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
});

export const endpointSlices = typedKind<discoveryv1.EndpointSlice>(endpointSliceDefinition);
