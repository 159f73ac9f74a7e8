import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const configMapDefinition = defineKind<corev1.ConfigMap>({
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  shortNames: ['cm'],
});

export const configMaps = typedKind<corev1.ConfigMap>(configMapDefinition);
