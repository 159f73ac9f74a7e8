import { defineKind, typedKind } from '../define.ts';
import type * as appsv1 from '../types/apps-v1.ts';

export const daemonSetDefinition = defineKind<appsv1.DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
  shortNames: ['ds'],
  categories: ['all'],
  status: true,
});

export const daemonSets = typedKind<appsv1.DaemonSet>(daemonSetDefinition);
