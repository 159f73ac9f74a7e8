import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { controllerRevisions } from '../../resources/apps/controller-revision.ts';
import { daemonSets } from '../../resources/apps/daemon-set.ts';
import { nodes } from '../../resources/core/node.ts';
import { isActive } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { garbageCollector } from '../garbage-collector/garbage-collector.ts';
import { addNode, nameOf, prepareNamespace, runPods, setPodStatus, templateFor } from '../runtime/testing.ts';
import { daemonSetController } from './daemon-set.ts';
import { nodeOf } from './placement.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [daemonSetController, garbageCollector] });
  await prepareNamespace(cluster.client);
  for (const name of ['n1', 'n2']) await addNode(cluster.client, cluster.clock, name);
  await cluster.settled();
  return cluster;
}

const labels = { app: 'proxy' };
const proxy = (image = 'example/app:1', nodeSelector?: Record<string, string>): appsv1.DaemonSet => {
  const template = templateFor(labels, image);
  return { metadata: { name: 'proxy' }, spec: { selector: { matchLabels: labels }, template: nodeSelector ? { ...template, spec: { containers: template.spec?.containers ?? [], nodeSelector } } : template } };
};
const sets = (cluster: Cluster) => cluster.client.of(daemonSets).namespace('default');
const active = async (cluster: Cluster) => (await cluster.client.of(pods).namespace('default').list()).items.filter(isActive);

test('one Pod on each node, also on one that comes later, none on one that goes', async () => {
  await using cluster = await start();
  await sets(cluster).create(proxy());
  await cluster.settled();
  await addNode(cluster.client, cluster.clock, 'n3');
  await cluster.settled();
  assert.deepEqual((await active(cluster)).map(nodeOf).sort(), ['n1', 'n2', 'n3']);
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  const { status } = await sets(cluster).get('proxy');
  assert.deepEqual(status, { currentNumberScheduled: 3, numberMisscheduled: 0, desiredNumberScheduled: 3, numberReady: 3, updatedNumberScheduled: 3, numberAvailable: 3, observedGeneration: 1 });
  await cluster.client.of(nodes).delete('n2');
  await cluster.settled();
  assert.deepEqual((await active(cluster)).map(nodeOf).sort(), ['n1', 'n3']);
});

test('follows node labels', async () => {
  await using cluster = await start();
  await sets(cluster).create(proxy('example/app:1', { kiamol: 'ch06' }));
  await cluster.settled();
  assert.equal((await active(cluster)).length, 0);
  await cluster.client.of(nodes).patch('n1', 'merge', { metadata: { labels: { kiamol: 'ch06' } } });
  await cluster.settled();
  assert.deepEqual((await active(cluster)).map(nodeOf), ['n1']);
  await cluster.client.of(nodes).patch('n1', 'merge', { metadata: { labels: { kiamol: null } } });
  await cluster.settled();
  assert.equal((await active(cluster)).length, 0);
});

test('rolls one node at a time', async () => {
  await using cluster = await start();
  await sets(cluster).create(proxy());
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await sets(cluster).patch('proxy', 'strategic', { spec: { template: { spec: { containers: [{ name: 'main', image: 'example/app:2' }] } } } });
  await cluster.settled();
  const images = async () => (await active(cluster)).map(({ spec }) => spec?.containers[0]?.image).sort();
  assert.deepEqual(await images(), ['example/app:1', 'example/app:2']);
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  assert.deepEqual(await images(), ['example/app:2', 'example/app:2']);
  assert.equal((await cluster.client.of(controllerRevisions).namespace('default').list()).items.length, 2);
});

test('made anew after its Pods were orphaned, it adopts them as they are', async () => {
  await using cluster = await start();
  await sets(cluster).create(proxy());
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  const before = (await active(cluster)).map(nameOf).sort();
  await sets(cluster).delete('proxy', { propagationPolicy: 'Orphan' });
  await cluster.settled();
  await sets(cluster).create(proxy());
  await cluster.settled();
  const after = await active(cluster);
  assert.deepEqual(after.map(nameOf).sort(), before);
  assert.ok(after.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'DaemonSet'));
  await sets(cluster).delete('proxy');
  await cluster.settled();
  assert.equal((await active(cluster)).length, 0);
});

const newImage = { spec: { template: { spec: { containers: [{ name: 'main', image: 'example/app:2' }] } } } };
const placed = async (cluster: Cluster) => (await active(cluster)).map((pod) => `${nodeOf(pod)}:${pod.spec?.containers[0]?.image?.split(':')[1] ?? ''}`).sort();

test('surging, the new Pod comes before the old one goes', async () => {
  await using cluster = await start();
  const set = proxy();
  await sets(cluster).create({ ...set, spec: { ...set.spec, selector: { matchLabels: labels }, template: templateFor(labels), updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } });
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  await sets(cluster).patch('proxy', 'strategic', newImage);
  await cluster.settled();
  assert.equal((await placed(cluster)).filter((one) => one.endsWith(':2')).length, 1);
  assert.equal((await active(cluster)).length, 3);
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  assert.deepEqual(await placed(cluster), ['n1:2', 'n2:2']);
});

test('OnDelete replaces only what someone deletes', async () => {
  await using cluster = await start();
  await sets(cluster).create({ ...proxy(), spec: { selector: { matchLabels: labels }, template: templateFor(labels), updateStrategy: { type: 'OnDelete' } } });
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await sets(cluster).patch('proxy', 'strategic', newImage);
  await cluster.settled();
  assert.deepEqual(await placed(cluster), ['n1:1', 'n2:1']);
  const [first] = (await active(cluster)).filter((pod) => nodeOf(pod) === 'n1');
  await cluster.client.of(pods).namespace('default').delete(nameOf(first ?? { metadata: {} }));
  await cluster.settled();
  assert.deepEqual(await placed(cluster), ['n1:2', 'n2:1']);
});

test('a Pod that fails again and again is replaced ever later', async () => {
  await using cluster = await start();
  await sets(cluster).create(proxy());
  await cluster.settled();
  const fail = async (): Promise<void> => {
    for (const pod of await active(cluster)) if (nodeOf(pod) === 'n1') await setPodStatus(cluster.client, pod, { phase: 'Failed' });
    await cluster.settled();
  };
  const onFirst = async () => (await active(cluster)).filter((pod) => nodeOf(pod) === 'n1').length;
  await fail();
  assert.equal(await onFirst(), 1);
  for (const wait of [1_000, 2_000, 4_000]) {
    await fail();
    assert.equal(await onFirst(), 0);
    await cluster.clock.advance(wait - 1);
    assert.equal(await onFirst(), 0, `before ${wait} ms`);
    await cluster.clock.advance(1);
    assert.equal(await onFirst(), 1, `after ${wait} ms`);
  }
});
