import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const endpointsDefinition = defineKind<corev1.Endpoints>({
  group: '',
  kind: 'Endpoints',
  plural: 'endpoints',
  namespaced: true,
  shortNames: ['ep'],
});

export const endpoints = typedKind<corev1.Endpoints>(endpointsDefinition);
