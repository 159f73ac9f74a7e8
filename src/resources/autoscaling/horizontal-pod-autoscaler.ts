import { defineKind, typedKind } from '../define.ts';
import type * as autoscalingv2 from '../types/autoscaling-v2.ts';

export const horizontalPodAutoscalerDefinition = defineKind<autoscalingv2.HorizontalPodAutoscaler>({
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  status: true,
});

export const horizontalPodAutoscalers = typedKind<autoscalingv2.HorizontalPodAutoscaler>(horizontalPodAutoscalerDefinition);
