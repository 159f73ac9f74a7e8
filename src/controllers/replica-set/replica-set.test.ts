import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import { events } from '../../resources/core/event.ts';
import { isActive } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { replicationControllers } from '../../resources/core/replication-controller.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { nameOf, podSpec, prepareNamespace, readyStatus, runPods, setPodStatus, templateFor } from '../runtime/testing.ts';
import { replicaSetController, replicationControllerController } from './replica-set.ts';
import { byMagnitude, surplusPods } from '../runtime/surplus.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [replicaSetController, replicationControllerController] });
  await prepareNamespace(cluster.client);
  return cluster;
}

const labels = { app: 'web' };
const setOf = (replicas: number, minReadySeconds = 0) => ({ metadata: { name: 'web' }, spec: { replicas, minReadySeconds, selector: { matchLabels: labels }, template: templateFor(labels) } });
const activePods = async (cluster: Cluster): Promise<corev1.Pod[]> => (await cluster.client.of(pods).namespace('default').list()).items.filter(isActive);

test('creates, scales up and down, replaces, and says so', async () => {
  await using cluster = await start();
  const sets = cluster.client.of(replicaSets).namespace('default');
  const set = await sets.create(setOf(3));
  await cluster.settled();
  const first = await activePods(cluster);
  assert.equal(first.length, 3);
  for (const { metadata } of first) {
    assert.match(metadata.name ?? '', /^web-[a-z0-9]{5}$/);
    assert.deepEqual(metadata.ownerReferences, [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: set.metadata.uid, controller: true, blockOwnerDeletion: true }]);
  }
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  assert.deepEqual((await sets.get('web')).status, { replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 });
  await sets.patch('web', 'merge', { spec: { replicas: 1 } });
  await cluster.settled();
  assert.equal((await activePods(cluster)).length, 1);
  await cluster.client.of(pods).namespace('default').delete(nameOf((await activePods(cluster))[0] ?? first[0] ?? { metadata: {} }));
  await cluster.settled();
  assert.equal((await activePods(cluster)).length, 1);
  const told = (await cluster.client.of(events).namespace('default').list()).items;
  assert.equal(told.filter(({ reason }) => reason === 'SuccessfulCreate').length, 4);
  assert.equal(told.filter(({ reason }) => reason === 'SuccessfulDelete').length, 2);
  assert.ok(told.some(({ message }) => message === `Created pod: ${nameOf(first[0] ?? { metadata: {} })}`));
});

test('lets go of a Pod whose labels no longer match, takes it back, and deletes the newest then', async () => {
  await using cluster = await start();
  await cluster.client.of(replicaSets).namespace('default').create(setOf(1));
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  const [original] = await activePods(cluster);
  const inDefault = cluster.client.of(pods).namespace('default');
  await inDefault.patch(nameOf(original ?? { metadata: {} }), 'merge', { metadata: { labels: { app: 'aside' } } });
  await cluster.settled();
  const both = await activePods(cluster);
  assert.equal(both.length, 2);
  assert.equal(both.find((pod) => pod.metadata.uid === original?.metadata.uid)?.metadata.ownerReferences, undefined);
  await cluster.clock.advance(5_000);
  await runPods(cluster.client, cluster.clock);
  await inDefault.patch(nameOf(original ?? { metadata: {} }), 'merge', { metadata: { labels: { app: 'web' } } });
  await cluster.settled();
  const left = await activePods(cluster);
  assert.deepEqual(left.map((pod) => pod.metadata.uid), [original?.metadata.uid]);
  assert.equal(left[0]?.metadata.ownerReferences?.[0]?.kind, 'ReplicaSet');
});

test('a refused Pod is a condition and an event, and is tried again', async () => {
  await using cluster = await startCluster({ controllers: [replicaSetController] });
  await cluster.client.of(replicaSets).namespace('default').create(setOf(2));
  await cluster.settled();
  const failed = await cluster.client.of(replicaSets).namespace('default').get('web');
  assert.equal(failed.status?.conditions?.[0]?.type, 'ReplicaFailure');
  assert.equal(failed.status?.conditions?.[0]?.reason, 'FailedCreate');
  const told = (await cluster.client.of(events).namespace('default').list()).items;
  assert.match(told.find(({ reason }) => reason === 'FailedCreate')?.message ?? '', /^Error creating: pods "web-.*" is forbidden: error looking up service account default\/default/);
  await prepareNamespace(cluster.client);
  await cluster.clock.advance(60_000);
  assert.equal((await activePods(cluster)).length, 2);
  assert.equal((await cluster.client.of(replicaSets).namespace('default').get('web')).status?.conditions, undefined);
});

test('Pods count as available after minReadySeconds', async () => {
  await using cluster = await start();
  const sets = cluster.client.of(replicaSets).namespace('default');
  await sets.create(setOf(1, 30));
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await cluster.clock.advance(29_000);
  assert.equal((await sets.get('web')).status?.availableReplicas, undefined);
  await cluster.clock.advance(1_000);
  assert.equal((await sets.get('web')).status?.availableReplicas, 1);
});

test('500 replicas are exactly 500 Pods', async () => {
  await using cluster = await start();
  await cluster.client.of(replicaSets).namespace('default').create(setOf(500));
  await cluster.settled();
  assert.equal((await activePods(cluster)).length, 500);
});

test('a ReplicationController and a ReplicaSet with one selector keep to their own Pods', async () => {
  await using cluster = await start();
  await cluster.client.of(replicaSets).namespace('default').create(setOf(2));
  await cluster.settled();
  await cluster.client.of(replicationControllers).namespace('default').create({ metadata: { name: 'web' }, spec: { replicas: 3, selector: labels, template: templateFor(labels) } });
  await cluster.settled();
  const kinds = (await activePods(cluster)).map((pod) => pod.metadata.ownerReferences?.[0]?.kind).sort();
  assert.deepEqual(kinds, ['ReplicaSet', 'ReplicaSet', 'ReplicationController', 'ReplicationController', 'ReplicationController']);
  assert.equal((await cluster.client.of(replicationControllers).namespace('default').get('web')).status?.replicas, 3);
});

const at = Date.UTC(2026, 0, 1);
const pod = (name: string, over: { node?: string; ready?: number; phase?: string; cost?: string; made?: number } = {}): corev1.Pod => ({
  metadata: { name, creationTimestamp: new Date(at + (over.made ?? 0)).toISOString(), ...(over.cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': over.cost } }) },
  spec: { ...podSpec, nodeName: over.node ?? 'n1' },
  status: over.ready === undefined ? { phase: over.phase ?? 'Running' } : readyStatus(at + over.ready),
});

const rankings: readonly [string, corev1.Pod[], string][] = [
  ['unassigned before assigned', [pod('a', { ready: 0 }), pod('b', { node: '' })], 'b'],
  ['pending before running', [pod('a'), pod('b', { phase: 'Pending' })], 'b'],
  ['not ready before ready', [pod('a', { ready: 0 }), pod('b')], 'b'],
  ['cheap before dear', [pod('a', { ready: 0, cost: '5' }), pod('b', { ready: 0 })], 'b'],
  ['on a crowded node first', [pod('a', { ready: 9_000, node: 'n2' }), pod('b', { ready: 0 }), pod('c', { ready: 0, made: -1000 })], 'b'],
  ['newest ready first', [pod('a', { ready: 0 }), pod('b', { ready: 1_000 })], 'b'],
  ['newest made first', [pod('a'), pod('b', { made: 1_000 })], 'b'],
];
for (const [name, given, first] of rankings) test(`surplus: ${name}`, () => assert.equal(nameOf(surplusPods(given, given, 1)[0] ?? { metadata: {} }), first));

const uid = (name: string, ofUid: string, ready: number): corev1.Pod => {
  const one = pod(name, { ready });
  return { ...one, metadata: { ...one.metadata, uid: ofUid } };
};
const magnitudes: readonly [string, corev1.Pod[], string][] = [
  ['of one magnitude by chance', [uid('a', '1', 10_000), uid('b', '2', 12_000)], 'a'],
  ['of another magnitude the newer', [uid('a', '1', 10_000), uid('b', '2', 99_000)], 'b'],
];
for (const [name, given, first] of magnitudes) test(`surplus by magnitude: ${name}`, () => assert.equal(nameOf(surplusPods(given, given, 1, byMagnitude(at + 100_000))[0] ?? { metadata: {} }), first));

test('a Pod that fails is replaced', async () => {
  await using cluster = await start();
  await cluster.client.of(replicaSets).namespace('default').create(setOf(1));
  await cluster.settled();
  const [only] = await activePods(cluster);
  assert.ok(only);
  await setPodStatus(cluster.client, only, { phase: 'Failed' });
  await cluster.settled();
  const left = await activePods(cluster);
  assert.equal(left.length, 1);
  assert.notEqual(left[0]?.metadata.uid, only.metadata.uid);
});
