import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const limitRangeDefinition = defineKind<corev1.LimitRange>({
  group: '',
  kind: 'LimitRange',
  plural: 'limitranges',
  namespaced: true,
  shortNames: ['limits'],
});

export const limitRanges = typedKind<corev1.LimitRange>(limitRangeDefinition);
