import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { isForbidden } from '../../apimachinery/status-error.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { clusterRoleBindings } from '../../resources/rbac/cluster-role-binding.ts';
import { clusterRoles } from '../../resources/rbac/cluster-role.ts';
import { roleBindings } from '../../resources/rbac/role-binding.ts';
import { roles } from '../../resources/rbac/role.ts';

const user = { name: 'jane', groups: ['readers'] };
const reading = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] };
const to = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

/** Whether the user may list ConfigMaps of a namespace just now. */
async function mayList(cluster: Cluster, namespace: string): Promise<boolean> {
  try {
    await cluster.clientFor(user).of(configMaps).namespace(namespace).list();
    return true;
  } catch (error) {
    assert.ok(isForbidden(error), String(error));
    return false;
  }
}

test('what a user may do follows roles and bindings at once', async () => {
  await using cluster = await startCluster({ controllers: [], scheduler: false });
  const { client } = cluster;
  const may = async (): Promise<boolean[]> => [await mayList(cluster, 'default'), await mayList(cluster, 'kube-public')];
  assert.deepEqual(await may(), [false, false]);
  await client.of(roles).namespace('default').create({ metadata: { name: 'read' }, rules: [reading] });
  assert.deepEqual(await may(), [false, false]);
  await client.of(roleBindings).namespace('default').create({ metadata: { name: 'read' }, roleRef: to('Role', 'read'), subjects: [to('User', 'jane')] });
  assert.deepEqual(await may(), [true, false]);
  await client.of(roles).namespace('default').patch('read', 'merge', { rules: [{ ...reading, verbs: ['get'] }] });
  assert.deepEqual(await may(), [false, false]);
  await client.of(clusterRoleBindings).create({ metadata: { name: 'read' }, roleRef: to('ClusterRole', 'read'), subjects: [to('Group', 'readers')] });
  assert.deepEqual(await may(), [false, false], 'there is no such role yet');
  await client.of(clusterRoles).create({ metadata: { name: 'read' }, rules: [reading] });
  assert.deepEqual(await may(), [true, true]);
  await client.of(clusterRoles).patch('read', 'merge', { rules: [] });
  assert.deepEqual(await may(), [false, false]);
  await client.of(clusterRoles).patch('read', 'merge', { rules: [reading] });
  await client.of(clusterRoleBindings).delete('read');
  assert.deepEqual(await may(), [false, false]);
});
