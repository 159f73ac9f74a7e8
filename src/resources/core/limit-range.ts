import { createdAtColumn, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { defaultLimits, validateLimitRange } from './limit-range-rules.ts';
import type * as corev1 from '../types/core-v1.ts';

export const limitRangeDefinition = defineKind<corev1.LimitRange>({
  group: '',
  kind: 'LimitRange',
  plural: 'limitranges',
  namespaced: true,
  shortNames: ['limits'],
  strategy: { generation: 'none', defaults: defaultLimits, validate: validateLimitRange, validateUpdate: (range) => validateLimitRange(range), allowUnconditionalUpdate: true },
  columns: [nameColumn, createdAtColumn],
});

export const limitRanges = typedKind<corev1.LimitRange>(limitRangeDefinition);
