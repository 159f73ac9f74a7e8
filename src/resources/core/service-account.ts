import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const serviceAccountDefinition = defineKind<corev1.ServiceAccount>({
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
  shortNames: ['sa'],
});

export const serviceAccounts = typedKind<corev1.ServiceAccount>(serviceAccountDefinition);
