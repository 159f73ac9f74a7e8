import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const replicationControllerDefinition = defineKind<corev1.ReplicationController>({
  group: '',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  namespaced: true,
  shortNames: ['rc'],
  categories: ['all'],
  status: true,
});

export const replicationControllers = typedKind<corev1.ReplicationController>(replicationControllerDefinition);
