import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { startCluster } from '../../cluster/start-cluster.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import { pods } from '../../resources/core/pod.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import { rootCaPublisher } from '../root-ca/root-ca.ts';
import { serviceAccountController } from '../service-account/service-account.ts';
import { namespaceController } from './namespace.ts';

const controllers = [serviceAccountController, rootCaPublisher({ caBundle: () => 'PEM' }), namespaceController];

test('a namespace gets its default account and the CA, again when they are removed or changed', async () => {
  await using cluster = await startCluster({ controllers });
  const { client } = cluster;
  await client.of(namespaces).create({ metadata: { name: 'shop' } });
  await cluster.settled();
  const accounts = client.of(serviceAccounts).namespace('shop');
  const maps = client.of(configMaps).namespace('shop');
  assert.equal((await accounts.get('default')).metadata.name, 'default');
  assert.deepEqual((await maps.get('kube-root-ca.crt')).data, { 'ca.crt': 'PEM' });
  await accounts.delete('default');
  await maps.patch('kube-root-ca.crt', 'merge', { data: { 'ca.crt': 'forged' } });
  await cluster.settled();
  assert.equal((await accounts.get('default')).metadata.name, 'default');
  assert.deepEqual((await maps.get('kube-root-ca.crt')).data, { 'ca.crt': 'PEM' });
});

test('a namespace with a hundred Pods goes with all that is in it', async () => {
  await using cluster = await startCluster({ controllers });
  const { client } = cluster;
  await client.of(namespaces).create({ metadata: { name: 'shop' } });
  await cluster.settled();
  const inShop = client.of(pods).namespace('shop');
  await Promise.all(Array.from({ length: 100 }, (_, i) => inShop.create({ metadata: { name: `p${i}` }, spec: { containers: [{ name: 'c', image: 'i' }] } })));
  await client.of(namespaces).delete('shop');
  await cluster.settled();
  await assert.rejects(client.of(namespaces).get('shop'), isNotFound);
  assert.equal((await inShop.list()).items.length, 0);
});

test('what a finalizer keeps is told in conditions, and the namespace goes once it is released', async () => {
  await using cluster = await startCluster({ controllers });
  const { client } = cluster;
  await client.of(namespaces).create({ metadata: { name: 'shop' } });
  await cluster.settled();
  const maps = client.of(configMaps).namespace('shop');
  await maps.create({ metadata: { name: 'kept', finalizers: ['example.com/hold'] } });
  await client.of(namespaces).delete('shop');
  await cluster.settled();
  const going = await client.of(namespaces).get('shop');
  assert.equal(going.status?.phase, 'Terminating');
  const said = Object.fromEntries((going.status?.conditions ?? []).map(({ type, status, reason, message }) => [type, [status, reason, message]]));
  assert.deepEqual(said['NamespaceContentRemaining'], ['True', 'SomeResourcesRemain', 'Some resources are remaining: configmaps. has 1 resource instances']);
  assert.deepEqual(said['NamespaceFinalizersRemaining'], ['True', 'SomeFinalizersRemain', 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances']);
  assert.deepEqual(said['NamespaceDeletionContentFailure'], ['False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization']);
  await maps.patch('kept', 'merge', { metadata: { finalizers: null } });
  await cluster.clock.advance(10_000);
  await assert.rejects(client.of(namespaces).get('shop'), isNotFound);
});

test('Pods go before what they need', async () => {
  await using cluster = await startCluster({ controllers });
  const { client } = cluster;
  await client.of(namespaces).create({ metadata: { name: 'shop' } });
  await cluster.settled();
  const maps = client.of(configMaps).namespace('shop');
  const inShop = client.of(pods).namespace('shop');
  await maps.create({ metadata: { name: 'settings' } });
  await inShop.create({ metadata: { name: 'p', finalizers: ['example.com/hold'] }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  await client.of(namespaces).delete('shop');
  await cluster.clock.advance(20_000);
  assert.equal((await maps.get('settings')).metadata.deletionTimestamp, undefined);
  const said = (await client.of(namespaces).get('shop')).status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining');
  assert.equal(said?.message, 'Some resources are remaining: pods. has 1 resource instances');
  await inShop.patch('p', 'merge', { metadata: { finalizers: null } });
  await cluster.settled();
  await assert.rejects(client.of(namespaces).get('shop'), isNotFound);
});
