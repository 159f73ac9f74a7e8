import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timestamp } from '../../base/clock.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { leases } from '../../resources/coordination/lease.ts';
import { nodeCondition } from '../../resources/core/node-conditions.ts';
import { nodes } from '../../resources/core/node.ts';
import { isReady } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { clusterRoles } from '../../resources/rbac/cluster-role.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { clusterRoleAggregationController } from '../cluster-role-aggregation/cluster-role-aggregation.ts';
import { nodeIpamController, subRanges } from '../node-ipam/node-ipam.ts';
import { podGarbageCollector } from '../pod-gc/pod-gc.ts';
import { addNode, podSpec, prepareNamespace, readyStatus, reapPods, setPodStatus } from '../runtime/testing.ts';
import { taintEvictionController, tolerated } from '../taint-eviction/taint-eviction.ts';
import { nodeLifecycleController } from './node-lifecycle.ts';
import { zoneRate, zoneState } from './zones.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [nodeLifecycleController, taintEvictionController, podGarbageCollector(), nodeIpamController({ clusterCidr: '10.244.0.0/16' }), clusterRoleAggregationController] });
  await prepareNamespace(cluster.client);
  await addNode(cluster.client, cluster.clock, 'n1');
  await cluster.settled();
  return cluster;
}

/** Lets time pass while these nodes go on renewing their leases. */
async function advance(cluster: Cluster, ms: number, alive: readonly string[]): Promise<void> {
  const inNodeLeases = cluster.client.of(leases).namespace('kube-node-lease');
  for (let left = ms; left > 0; left -= 10_000) {
    const renewTime = timestamp(cluster.clock.now()).replace('Z', '.000000Z');
    for (const name of alive) {
      const renewed = inNodeLeases.patch(name, 'merge', { spec: { renewTime } });
      await renewed.catch(() => inNodeLeases.create({ metadata: { name }, spec: { holderIdentity: name, renewTime } }));
    }
    await cluster.clock.advance(Math.min(left, 10_000));
  }
}

const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const taintsOf = async (cluster: Cluster) => ((await cluster.client.of(nodes).get('n1')).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);

async function runningPod(cluster: Cluster, name: string, tolerations: corev1.Toleration[] = []): Promise<void> {
  const pod = await inDefault(cluster).create({ metadata: { name }, spec: { ...podSpec, nodeName: 'n1', tolerations } });
  await setPodStatus(cluster.client, pod, readyStatus(cluster.clock.now(), '10.1.0.1'));
}

const notReady = [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }];
const unreachable = ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule'];

test('a silent node becomes Unknown and tainted after 40 s, its Pods unready, and evicted after their 300 s', async () => {
  await using cluster = await start();
  await addNode(cluster.client, cluster.clock, 'n2');
  await runningPod(cluster, 'p');
  await advance(cluster, 39_000, ['n2']);
  assert.equal(nodeCondition(await cluster.client.of(nodes).get('n1'), 'Ready')?.status, 'True');
  await advance(cluster, 2_000, ['n2']);
  const ready = nodeCondition(await cluster.client.of(nodes).get('n1'), 'Ready');
  assert.deepEqual([ready?.status, ready?.reason, ready?.message], ['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.']);
  assert.deepEqual((await taintsOf(cluster)).sort(), unreachable);
  assert.equal(isReady(await inDefault(cluster).get('p')), false);
  await advance(cluster, 298_000, ['n2']);
  assert.equal((await inDefault(cluster).get('p')).metadata.deletionTimestamp, undefined);
  await advance(cluster, 3_000, ['n2']);
  const evicted = await inDefault(cluster).get('p');
  assert.notEqual(evicted.metadata.deletionTimestamp, undefined);
  assert.equal(evicted.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason, 'DeletionByTaintManager');
});

test('where no node answers, none is given up, until one does', async () => {
  await using cluster = await start();
  await addNode(cluster.client, cluster.clock, 'n2');
  await runningPod(cluster, 'p');
  await advance(cluster, 60_000, ['n2']);
  assert.deepEqual((await taintsOf(cluster)).sort(), unreachable);
  await cluster.clock.advance(60_000);
  assert.deepEqual(await taintsOf(cluster), ['node.kubernetes.io/unreachable:NoSchedule']);
  await cluster.clock.advance(600_000);
  assert.equal((await inDefault(cluster).get('p')).metadata.deletionTimestamp, undefined);
  // One is back: the other is given up again.
  await cluster.client.of(nodes).patch('n2', 'strategic', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, { subresource: 'status' });
  await cluster.settled();
  assert.deepEqual((await taintsOf(cluster)).sort(), unreachable);
});

test('nodes of a zone are given up one in ten seconds', async () => {
  await using cluster = await start();
  const all = cluster.client.of(nodes);
  for (const name of ['n2', 'n3', 'n4', 'n5']) await addNode(cluster.client, cluster.clock, name);
  const givenUp = async () => (await all.list()).items.filter(({ spec }) => spec?.taints?.some(({ effect }) => effect === 'NoExecute')).length;
  await cluster.settled();
  for (const name of ['n1', 'n2']) await all.patch(name, 'strategic', { status: { conditions: notReady } }, { subresource: 'status' });
  await cluster.settled();
  assert.equal(await givenUp(), 1);
  await advance(cluster, 10_000, ['n1', 'n2', 'n3', 'n4', 'n5']);
  assert.equal(await givenUp(), 2);
  // Three of five: most of a small zone is disrupted, and no more are given up.
  await all.patch('n3', 'strategic', { status: { conditions: notReady } }, { subresource: 'status' });
  await advance(cluster, 60_000, ['n1', 'n2', 'n3', 'n4', 'n5']);
  assert.equal(await givenUp(), 2);
});

const states: readonly [ready: number, notReady: number, state: string, rate: number][] = [
  [3, 0, 'Normal', 0.1],
  [0, 1, 'FullDisruption', 0.1],
  [1, 2, 'Normal', 0.1],
  [2, 3, 'PartialDisruption', 0],
  [3, 3, 'Normal', 0.1],
  [20, 40, 'PartialDisruption', 0.01],
  [0, 60, 'FullDisruption', 0.1],
];
for (const [ready, unready, state, rate] of states) {
  test(`a zone with ${ready} ready nodes and ${unready} others`, () => {
    assert.deepEqual([zoneState(ready, unready), zoneRate(zoneState(ready, unready), ready + unready)], [state, rate]);
  });
}

test('a renewed lease is a sign of life', async () => {
  await using cluster = await start();
  const inNodeLeases = cluster.client.of(leases).namespace('kube-node-lease');
  await inNodeLeases.create({ metadata: { name: 'n1' }, spec: { holderIdentity: 'n1', renewTime: timestamp(cluster.clock.now()).replace('Z', '.000000Z') } });
  for (let i = 0; i < 10; i++) {
    await cluster.clock.advance(10_000);
    await inNodeLeases.patch('n1', 'merge', { spec: { renewTime: timestamp(cluster.clock.now()).replace('Z', '.000000Z') } });
  }
  await cluster.settled();
  assert.equal(nodeCondition(await cluster.client.of(nodes).get('n1'), 'Ready')?.status, 'True');
  assert.deepEqual(await taintsOf(cluster), []);
});

test('conditions and cordons become taints, which go with them', async () => {
  await using cluster = await start();
  await addNode(cluster.client, cluster.clock, 'n2');
  const all = cluster.client.of(nodes);
  await all.patch('n1', 'strategic', { status: { conditions: [...notReady, { type: 'DiskPressure', status: 'True' }] } }, { subresource: 'status' });
  await all.patch('n1', 'merge', { spec: { unschedulable: true } });
  await cluster.settled();
  assert.deepEqual((await taintsOf(cluster)).sort(), ['node.kubernetes.io/disk-pressure:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute', 'node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/unschedulable:NoSchedule']);
  await all.patch('n1', 'strategic', { status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'DiskPressure', status: 'False' }] } }, { subresource: 'status' });
  await all.patch('n1', 'merge', { spec: { unschedulable: false } });
  await cluster.settled();
  assert.deepEqual(await taintsOf(cluster), []);
});

const taint = { key: 'k', value: 'v', effect: 'NoExecute' };
const tolerations: readonly [string, corev1.Toleration[], number][] = [
  ['none', [], 0],
  ['for good', [{ key: 'k', operator: 'Exists' }], Infinity],
  ['for a time', [{ key: 'k', operator: 'Equal', value: 'v', tolerationSeconds: 7 }], 7],
  ['another value', [{ key: 'k', operator: 'Equal', value: 'w' }], 0],
  ['a negative time is none', [{ operator: 'Exists', tolerationSeconds: -1 }], 0],
];
for (const [name, given, seconds] of tolerations) test(`toleration: ${name}`, () => assert.equal(tolerated([taint], given), seconds));

test('Pods of a node that is gone are removed after 40 s', async () => {
  await using cluster = await start();
  await runningPod(cluster, 'p', [{ operator: 'Exists' }]);
  await cluster.client.of(nodes).delete('n1');
  await cluster.clock.advance(39_000);
  assert.equal((await inDefault(cluster).get('p')).metadata.name, 'p');
  await cluster.clock.advance(45_000);
  await reapPods(cluster.client);
  await assert.rejects(inDefault(cluster).get('p'), isNotFound);
});

test('each node gets a range of its own, which is given again when the node is gone', async () => {
  await using cluster = await start();
  await addNode(cluster.client, cluster.clock, 'n2');
  await cluster.settled();
  const ranges = (await cluster.client.of(nodes).list()).items.map(({ spec }) => spec?.podCIDRs);
  assert.deepEqual(ranges, [['10.244.0.0/24'], ['10.244.1.0/24']]);
  await cluster.client.of(nodes).delete('n1');
  await addNode(cluster.client, cluster.clock, 'n3');
  await cluster.settled();
  assert.equal((await cluster.client.of(nodes).get('n3')).spec?.podCIDR, '10.244.0.0/24');
  assert.deepEqual(subRanges('10.0.0.0/22', 24), ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24']);
});

test('aggregated ClusterRoles follow what they select', async () => {
  await using cluster = await start();
  const roles = cluster.client.of(clusterRoles);
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
  await roles.create({ metadata: { name: 'sum' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'sum' } }] } });
  await roles.create({ metadata: { name: 'a', labels: { to: 'sum' } }, rules: [rule('pods')] });
  await roles.create({ metadata: { name: 'b', labels: { to: 'sum' } }, rules: [rule('pods'), rule('nodes')] });
  await cluster.settled();
  assert.deepEqual((await roles.get('sum')).rules, [rule('pods'), rule('nodes')]);
  await roles.delete('b');
  await cluster.settled();
  assert.deepEqual((await roles.get('sum')).rules, [rule('pods')]);
});
