import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const secretDefinition = defineKind<corev1.Secret>({
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
});

export const secrets = typedKind<corev1.Secret>(secretDefinition);
