/** ServiceAccounts. Upstream: pkg/registry/core/serviceaccount/strategy.go */
import type { Draft } from '../../apimachinery/object.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { action } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';

/** Secrets are of the account's own namespace and no other kind: the name is all that counts. */
function keepSecretNames(account: Draft<corev1.ServiceAccount>): void {
  if (account.secrets !== undefined) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets';

function warnings({ metadata }: corev1.ServiceAccount): string[] {
  if (metadata.annotations?.[mountableSecrets] === undefined) return [];
  return [`metadata.annotations[${mountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`];
}

export const serviceAccountDefinition = defineKind<corev1.ServiceAccount>({
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
  shortNames: ['sa'],
  subresources: { token: action('authentication.k8s.io', 'v1', 'TokenRequest') },
  strategy: { generation: 'none', prepareForCreate: keepSecretNames, prepareForUpdate: keepSecretNames, warnings, allowUnconditionalUpdate: true },
  columns: [nameColumn, text('Secrets', (account) => (account.secrets ?? []).length), ageColumn],
});

export const serviceAccounts = typedKind<corev1.ServiceAccount>(serviceAccountDefinition);
