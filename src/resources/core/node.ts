import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const nodeDefinition = defineKind<corev1.Node>({
  group: '',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  shortNames: ['no'],
  status: true,
});

export const nodes = typedKind<corev1.Node>(nodeDefinition);
