import { defineKind, typedKind } from '../define.ts';
import type * as schedulingv1 from '../types/scheduling-v1.ts';

export const priorityClassDefinition = defineKind<schedulingv1.PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  namespaced: false,
  shortNames: ['pc'],
});

export const priorityClasses = typedKind<schedulingv1.PriorityClass>(priorityClassDefinition);
