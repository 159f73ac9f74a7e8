import { defineKind, typedKind } from '../define.ts';
import type * as appsv1 from '../types/apps-v1.ts';

export const replicaSetDefinition = defineKind<appsv1.ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  namespaced: true,
  shortNames: ['rs'],
  categories: ['all'],
  status: true,
});

export const replicaSets = typedKind<appsv1.ReplicaSet>(replicaSetDefinition);
