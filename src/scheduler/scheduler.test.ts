import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start-cluster.ts';
import { events } from '../resources/core/event.ts';
import { nodes } from '../resources/core/node.ts';
import { podCondition } from '../resources/core/pod-conditions.ts';
import { pods } from '../resources/core/pod.ts';
import { createNode, createPod, getPod, node, pod } from './testing/objects.ts';

const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');

/** '[type] reason from source: message' of a Pod's events, in order. */
async function eventsOf(cluster: Cluster, name: string): Promise<string[]> {
  const { items } = await cluster.client.of(events).namespace('default').list({ fieldSelector: `involvedObject.name=${name}` });
  return items.map(({ type, reason, source, message }) => `[${type ?? ''}] ${reason ?? ''} from ${source?.component ?? ''}: ${message ?? ''}`);
}

test('a Pod is bound to the only node, and an event says so', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one'));
  await createPod(cluster.client, pod('web'));
  await cluster.settled();
  const web = await getPod(cluster.client, 'web');
  assert.equal(web.spec?.nodeName, 'one');
  assert.equal(podCondition(web, 'PodScheduled')?.status, 'True');
  assert.deepEqual(await eventsOf(cluster, 'web'), ['[Normal] Scheduled from default-scheduler: Successfully assigned default/web to one']);
});

test('a Pod that fits nowhere is told why, and goes as soon as a node changes', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one'));
  await createPod(cluster.client, pod('picky', { nodeSelector: { disk: 'ssd' } }));
  await cluster.settled();
  const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
  const condition = podCondition(await getPod(cluster.client, 'picky'), 'PodScheduled');
  assert.equal(condition?.status, 'False');
  assert.equal(condition?.reason, 'Unschedulable');
  assert.equal(condition?.message, message);
  assert.deepEqual(await eventsOf(cluster, 'picky'), [`[Warning] FailedScheduling from default-scheduler: ${message}`]);
  await cluster.client.of(nodes).patch('one', 'merge', { metadata: { labels: { disk: 'ssd' } } });
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'picky')).spec?.nodeName, 'one');
});

test('without nodes Pods wait for the first', async () => {
  await using cluster = await startCluster();
  await createPod(cluster.client, pod('early'));
  await cluster.settled();
  assert.equal(podCondition(await getPod(cluster.client, 'early'), 'PodScheduled')?.message, 'no nodes available to schedule pods');
  await createNode(cluster.client, node('one'));
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'early')).spec?.nodeName, 'one');
});

test('Pods for another scheduler are left alone, but their room is taken', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one', { capacity: { pods: '1' } }));
  await createPod(cluster.client, pod('theirs', { schedulerName: 'other' }));
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'theirs')).spec?.nodeName, undefined);
  await inDefault(cluster).post('theirs', 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'theirs' }, target: { kind: 'Node', name: 'one' } });
  await createPod(cluster.client, pod('ours'));
  await cluster.settled();
  assert.match(podCondition(await getPod(cluster.client, 'ours'), 'PodScheduled')?.message ?? '', /^0\/1 nodes are available: 1 Too many pods\. preemption: .* 1 No preemption victims found for incoming pod\.$/);
  await inDefault(cluster).delete('theirs', { gracePeriodSeconds: 0 });
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'ours')).spec?.nodeName, 'one');
});

test('a gated Pod is not tried until its gates are gone', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one'));
  await createPod(cluster.client, pod('gated', { schedulingGates: [{ name: 'example.com/quota' }] }));
  await cluster.settled();
  assert.equal(podCondition(await getPod(cluster.client, 'gated'), 'PodScheduled')?.reason, 'SchedulingGated');
  assert.deepEqual(await eventsOf(cluster, 'gated'), []);
  await inDefault(cluster).patch('gated', 'json', [{ op: 'replace', path: '/spec/schedulingGates', value: [] }]);
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'gated')).spec?.nodeName, 'one');
});

test('a Pod of higher priority takes the place of a lower one', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one'));
  const big = { requests: { cpu: '3' } };
  await createPod(cluster.client, pod('low', big));
  await cluster.settled();
  await cluster.client.of({ group: 'scheduling.k8s.io', version: 'v1', plural: 'priorityclasses', kind: 'PriorityClass', namespaced: false }).create({ metadata: { name: 'urgent' }, value: 1000 } as never);
  await createPod(cluster.client, pod('high', { ...big, priorityClassName: 'urgent' }));
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'high')).status?.nominatedNodeName, 'one');
  const low = await getPod(cluster.client, 'low');
  assert.notEqual(low.metadata.deletionTimestamp, undefined);
  assert.equal(podCondition(low, 'DisruptionTarget')?.reason, 'PreemptionByScheduler');
  // A third of the same size must not slip in between.
  await createPod(cluster.client, pod('third', big));
  await inDefault(cluster).delete('low', { gracePeriodSeconds: 0 });
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'high')).spec?.nodeName, 'one');
  assert.equal((await getPod(cluster.client, 'third')).spec?.nodeName, undefined);
  assert.match((await eventsOf(cluster, 'low')).at(-1) ?? '', /^\[Normal\] Preempted from default-scheduler: Preempted by pod .+ on node one$/);
});
