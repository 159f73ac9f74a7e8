import { defineKind, typedKind } from '../define.ts';
import type * as appsv1 from '../types/apps-v1.ts';

export const statefulSetDefinition = defineKind<appsv1.StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  namespaced: true,
  shortNames: ['sts'],
  categories: ['all'],
  status: true,
});

export const statefulSets = typedKind<appsv1.StatefulSet>(statefulSetDefinition);
