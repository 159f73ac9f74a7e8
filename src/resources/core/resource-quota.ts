import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const resourceQuotaDefinition = defineKind<corev1.ResourceQuota>({
  group: '',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
  shortNames: ['quota'],
  status: true,
});

export const resourceQuotas = typedKind<corev1.ResourceQuota>(resourceQuotaDefinition);
