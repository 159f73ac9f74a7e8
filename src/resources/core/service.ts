import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const serviceDefinition = defineKind<corev1.Service>({
  group: '',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
  shortNames: ['svc'],
  categories: ['all'],
  status: true,
});

export const services = typedKind<corev1.Service>(serviceDefinition);
