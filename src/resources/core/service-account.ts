import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { action } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';

export const serviceAccountDefinition = defineKind<corev1.ServiceAccount>({
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
  shortNames: ['sa'],
  subresources: { token: action('authentication.k8s.io', 'v1', 'TokenRequest') },
  strategy: { generation: 'none', allowUnconditionalUpdate: true },
  columns: [nameColumn, text('Secrets', (account) => (account.secrets ?? []).length), ageColumn],
});

export const serviceAccounts = typedKind<corev1.ServiceAccount>(serviceAccountDefinition);
