import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const podDefinition = defineKind<corev1.Pod>({
  group: '',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  status: true,
});

export const pods = typedKind<corev1.Pod>(podDefinition);
