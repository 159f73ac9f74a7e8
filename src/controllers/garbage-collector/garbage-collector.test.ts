import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import { events } from '../../resources/core/event.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import { nodes } from '../../resources/core/node.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { pods } from '../../resources/core/pod.ts';
import type { KubeObject, OwnerReference } from '../../apimachinery/object.ts';
import { deploymentController } from '../deployment/deployment.ts';
import { replicaSetController } from '../replica-set/replica-set.ts';
import { nameOf, prepareNamespace, templateFor } from '../runtime/testing.ts';
import { garbageCollector } from './garbage-collector.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [replicaSetController, deploymentController, garbageCollector] });
  await prepareNamespace(cluster.client);
  await cluster.settled();
  return cluster;
}

const maps = (cluster: Cluster) => cluster.client.of(configMaps).namespace('default');
const names = async (cluster: Cluster) => (await maps(cluster).list()).items.map(nameOf);
const owner = (object: KubeObject, over: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: nameOf(object), uid: object.metadata.uid ?? '', ...over });
const webLabels = { app: 'web' };
const webDeployment = { metadata: { name: 'web' }, spec: { replicas: 3, selector: { matchLabels: webLabels }, template: templateFor(webLabels) } };

async function counts(cluster: Cluster): Promise<number[]> {
  const inDefault = await Promise.all([deployments, replicaSets, pods].map((kind) => cluster.client.of<KubeObject>(kind).namespace('default').list()));
  return inDefault.map(({ items }) => items.length);
}

for (const propagationPolicy of ['Background', 'Foreground'] as const) {
  test(`deleting a Deployment deletes its ReplicaSet and Pods: ${propagationPolicy}`, async () => {
    await using cluster = await start();
    await cluster.client.of(deployments).namespace('default').create(webDeployment);
    await cluster.settled();
    assert.deepEqual(await counts(cluster), [1, 1, 3]);
    await cluster.client.of(deployments).namespace('default').delete('web', { propagationPolicy });
    await cluster.settled();
    assert.deepEqual(await counts(cluster), [0, 0, 0]);
  });
}

test('orphans are let go, and a Deployment made anew adopts them', async () => {
  await using cluster = await start();
  await cluster.client.of(deployments).namespace('default').create(webDeployment);
  await cluster.settled();
  const [before] = (await cluster.client.of(replicaSets).namespace('default').list()).items;
  await cluster.client.of(deployments).namespace('default').delete('web', { propagationPolicy: 'Orphan' });
  await cluster.settled();
  assert.deepEqual(await counts(cluster), [0, 1, 3]);
  assert.equal((await cluster.client.of(replicaSets).namespace('default').list()).items[0]?.metadata.ownerReferences, undefined);
  await cluster.client.of(deployments).namespace('default').create(webDeployment);
  await cluster.settled();
  const [after, ...more] = (await cluster.client.of(replicaSets).namespace('default').list()).items;
  assert.deepEqual([after?.metadata.uid, more.length, after?.metadata.ownerReferences?.[0]?.kind], [before?.metadata.uid, 0, 'Deployment']);
});

test('an owner that never was, or is another of the same name, does not hold', async () => {
  await using cluster = await start();
  const real = await maps(cluster).create({ metadata: { name: 'owner' } });
  await maps(cluster).create({ metadata: { name: 'held', ownerReferences: [owner(real)] } });
  await maps(cluster).create({ metadata: { name: 'absent', ownerReferences: [owner(real, { name: 'nobody', uid: 'u-1' })] } });
  await maps(cluster).create({ metadata: { name: 'namesake', ownerReferences: [owner(real, { uid: 'u-2' })] } });
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['held', 'owner']);
});

test('with one of two owners gone, the reference goes and the object stays', async () => {
  await using cluster = await start();
  const [a, b] = await Promise.all(['a', 'b'].map((name) => maps(cluster).create({ metadata: { name } })));
  assert.ok(a && b);
  await maps(cluster).create({ metadata: { name: 'child', ownerReferences: [owner(a), owner(b)] } });
  await cluster.settled();
  await maps(cluster).delete('a');
  await cluster.settled();
  assert.deepEqual((await maps(cluster).get('child')).metadata.ownerReferences?.map(({ name }) => name), ['b']);
  await maps(cluster).delete('b');
  await cluster.settled();
  assert.deepEqual(await names(cluster), []);
});

test('in the foreground only dependents that block are waited for', async () => {
  await using cluster = await start();
  const top = await maps(cluster).create({ metadata: { name: 'top' } });
  await maps(cluster).create({ metadata: { name: 'blocking', finalizers: ['example.com/hold'], ownerReferences: [owner(top, { blockOwnerDeletion: true })] } });
  await cluster.settled();
  await maps(cluster).delete('top', { propagationPolicy: 'Foreground' });
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['blocking', 'top']);
  await maps(cluster).patch('blocking', 'merge', { metadata: { finalizers: null } });
  await cluster.settled();
  assert.deepEqual(await names(cluster), []);
});

test('an owner of a kind that is not served holds', async () => {
  await using cluster = await start();
  await maps(cluster).create({ metadata: { name: 'child', ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 't', uid: 'u-3' }] } });
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['child']);
});

test('an owner in another namespace is told of: it is none', async () => {
  await using cluster = await start();
  await cluster.client.of(namespaces).create({ metadata: { name: 'other' } });
  const far = await cluster.client.of(configMaps).namespace('other').create({ metadata: { name: 'far' } });
  const child = await maps(cluster).create({ metadata: { name: 'child', ownerReferences: [owner(far)] } });
  const node = await cluster.client.of(nodes).create({ metadata: { name: 'n', ownerReferences: [owner(far)] } });
  await cluster.settled();
  assert.deepEqual(await names(cluster), []);
  assert.equal((await cluster.client.of(nodes).get('n')).metadata.uid, node.metadata.uid);
  const told = (await cluster.client.of(events).namespace('default').list()).items.filter(({ reason }) => reason === 'OwnerRefInvalidNamespace');
  const uid = far.metadata.uid ?? '';
  assert.deepEqual(told.map(({ involvedObject, message }) => [involvedObject.uid, message]).sort(), [
    [child.metadata.uid, `ownerRef [v1/ConfigMap, namespace: default, name: far, uid: ${uid}] does not exist in namespace "default"`],
    [node.metadata.uid, `ownerRef [v1/ConfigMap, namespace: , name: far, uid: ${uid}] does not exist in namespace ""`],
  ].sort());
});
