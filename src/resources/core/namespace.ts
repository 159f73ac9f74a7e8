import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const namespaceDefinition = defineKind<corev1.Namespace>({
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  shortNames: ['ns'],
  status: true,
});

export const namespaces = typedKind<corev1.Namespace>(namespaceDefinition);
