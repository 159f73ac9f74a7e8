/** Objects that compatibility settings bring, and take away again where a setting is no longer on. */
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import { clusterRoleBindings } from '../../resources/rbac/cluster-role-binding.ts';
import { ensure } from './ensure.ts';

/** Objects with this label are ours to remove; its value is the setting. */
const settingLabel = 'k8ts.io/compat';

/** What the book's laptop clusters grant to every Pod's account. */
const adminBinding = {
  metadata: { name: 'docker-for-desktop-binding', labels: { [settingLabel]: 'service-accounts-are-admin' } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:serviceaccounts' }],
};

export async function applyCompatibilityObjects(client: ApiClient, settings: ReadonlySet<string>): Promise<void> {
  if (settings.has('service-accounts-are-admin')) await ensure(client, clusterRoleBindings, adminBinding);
  else await removeOurs(client);
}

async function removeOurs(client: ApiClient): Promise<void> {
  const { name } = adminBinding.metadata;
  try {
    const present = await client.of(clusterRoleBindings).get(name);
    if (present.metadata.labels?.[settingLabel] !== undefined) await client.of(clusterRoleBindings).delete(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
