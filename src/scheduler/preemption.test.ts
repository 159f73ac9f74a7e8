import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start-cluster.ts';
import { podCondition } from '../resources/core/pod-conditions.ts';
import { pods } from '../resources/core/pod.ts';
import { podDisruptionBudgets } from '../resources/policy/pod-disruption-budget.ts';
import { priorityClasses } from '../resources/scheduling/priority-class.ts';
import { createNode, createPod, getPod, node, pod, type PodSketch } from './testing/objects.ts';

const most = { requests: { cpu: '3' } };

/** Pods, each on the node named, in a cluster of nodes of 4 CPUs; priority classes low, middle and high. */
async function crowded(there: readonly (readonly [name: string, node: string, sketch: PodSketch])[]): Promise<Cluster> {
  const cluster = await startCluster();
  for (const [name, value] of Object.entries({ low: 10, middle: 100, high: 1000 })) await cluster.client.of(priorityClasses).create({ metadata: { name }, value });
  for (const name of new Set(there.map(([, at]) => at))) await createNode(cluster.client, node(name));
  for (const [name, at, sketch] of there) await createPod(cluster.client, pod(name, { nodeSelector: { 'kubernetes.io/hostname': at }, ...sketch }));
  await cluster.settled();
  return cluster;
}

async function victimsOf(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.client.of(pods).namespace('default').list();
  return items.filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata }) => metadata.name ?? '');
}

const highest = { ...most, priorityClassName: 'high' };

test('the victim of the lowest priority goes', async () => {
  await using cluster = await crowded([['one', 'a', { ...most, priorityClassName: 'middle' }], ['two', 'b', { ...most, priorityClassName: 'low' }]]);
  await createPod(cluster.client, pod('subject', highest));
  await cluster.settled();
  assert.deepEqual(await victimsOf(cluster), ['two']);
  assert.equal((await getPod(cluster.client, 'subject')).status?.nominatedNodeName, 'b');
});

test('of equals, one victim is better than two', async () => {
  const half = { requests: { cpu: '1500m' }, priorityClassName: 'low' };
  await using cluster = await crowded([['one', 'a', half], ['two', 'a', half], ['three', 'b', { ...most, priorityClassName: 'low' }]]);
  await createPod(cluster.client, pod('subject', highest));
  await cluster.settled();
  assert.deepEqual(await victimsOf(cluster), ['three']);
});

test('no more Pods go than must', async () => {
  const third = { requests: { cpu: '1200m' } };
  await using cluster = await crowded([['one', 'a', { ...third, priorityClassName: 'middle' }], ['two', 'a', { ...third, priorityClassName: 'low' }], ['three', 'a', { ...third, priorityClassName: 'middle' }]]);
  await createPod(cluster.client, pod('subject', { requests: { cpu: '1' }, priorityClassName: 'high' }));
  await cluster.settled();
  assert.deepEqual(await victimsOf(cluster), ['two']);
});

test('a Pod that a disruption budget protects stays while another can go', async () => {
  await using cluster = await crowded([['one', 'a', { ...most, labels: { app: 'kept' }, priorityClassName: 'low' }], ['two', 'b', { ...most, priorityClassName: 'middle' }]]);
  await cluster.client.of(podDisruptionBudgets).namespace('default').create({ metadata: { name: 'keep' }, spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'kept' } } } });
  await cluster.settled();
  await createPod(cluster.client, pod('subject', highest));
  await cluster.settled();
  assert.deepEqual(await victimsOf(cluster), ['two']);
});

test('a Pod with preemptionPolicy Never waits, and says so', async () => {
  await using cluster = await crowded([['one', 'a', { ...most, priorityClassName: 'low' }]]);
  await cluster.client.of(priorityClasses).create({ metadata: { name: 'patient' }, value: 2000, preemptionPolicy: 'Never' });
  await createPod(cluster.client, pod('subject', { ...most, priorityClassName: 'patient' }));
  await cluster.settled();
  assert.deepEqual(await victimsOf(cluster), []);
  assert.equal(podCondition(await getPod(cluster.client, 'subject'), 'PodScheduled')?.message, '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.');
});

test('where nobody is of lower priority, nobody goes', async () => {
  await using cluster = await crowded([['one', 'a', highest]]);
  await createPod(cluster.client, pod('subject', highest));
  await cluster.settled();
  assert.deepEqual(await victimsOf(cluster), []);
  assert.equal(podCondition(await getPod(cluster.client, 'subject'), 'PodScheduled')?.message, '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.');
});

test('while its victim ends, a Pod makes nobody else go', async () => {
  await using cluster = await crowded([['one', 'a', { ...most, priorityClassName: 'low' }], ['two', 'b', { ...most, priorityClassName: 'low' }]]);
  const small = { requests: { cpu: '100m' }, nodeSelector: { 'kubernetes.io/hostname': 'a' } };
  await createPod(cluster.client, pod('small', { ...small, priorityClassName: 'high' }));
  await cluster.settled();
  await createPod(cluster.client, pod('subject', highest));
  await cluster.settled();
  const victims = await victimsOf(cluster);
  assert.equal(victims.length, 1);
  // It is tried again, and finds that it must wait.
  await cluster.client.of(pods).namespace('default').delete('small', { gracePeriodSeconds: 0 });
  await cluster.clock.advance(1000);
  const subject = await getPod(cluster.client, 'subject');
  assert.equal(podCondition(subject, 'PodScheduled')?.message, '0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to a terminating pod on the nominated node.');
  assert.equal(subject.status?.nominatedNodeName, victims[0] === 'one' ? 'a' : 'b');
  assert.deepEqual(await victimsOf(cluster), victims);
});
