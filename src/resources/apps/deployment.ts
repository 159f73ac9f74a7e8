import { defineKind, typedKind } from '../define.ts';
import type * as appsv1 from '../types/apps-v1.ts';

export const deploymentDefinition = defineKind<appsv1.Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  shortNames: ['deploy'],
  categories: ['all'],
  status: true,
});

export const deployments = typedKind<appsv1.Deployment>(deploymentDefinition);
