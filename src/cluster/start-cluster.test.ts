import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotFound } from '../apimachinery/status-error.ts';
import { configMaps } from '../resources/core/config-map.ts';
import { namespaces } from '../resources/core/namespace.ts';
import { startCluster } from './start-cluster.ts';

test('a cluster starts with the system namespaces, stores objects and closes', async () => {
  await using cluster = await startCluster();
  const names = (await cluster.client.of(namespaces).list()).items.map((namespace) => namespace.metadata.name);
  assert.deepEqual(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  const maps = cluster.client.of(configMaps).namespace('default');
  const created = await maps.create({ metadata: { name: 'settings' }, data: { mode: 'fast' } });
  assert.deepEqual((await maps.get('settings')).data, created.data);
  await maps.delete('settings');
  await assert.rejects(maps.get('settings'), isNotFound);
});

test('time moves only when it is told to', async () => {
  await using cluster = await startCluster({ now: 1_000_000 });
  let rang = false;
  cluster.clock.after(60_000, () => (rang = true));
  await cluster.clock.advance(59_999);
  assert.equal(rang, false);
  await cluster.clock.advance(1);
  assert.equal(rang, true);
  assert.equal(cluster.clock.now(), 1_060_000);
});
