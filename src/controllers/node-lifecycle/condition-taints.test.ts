import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '../../apimachinery/status-error.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { events } from '../../resources/core/event.ts';
import { nodes } from '../../resources/core/node.ts';
import { isReady } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { podDisruptionBudgets } from '../../resources/policy/pod-disruption-budget.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { wantedTaints } from './taints.ts';

const prefix = 'node.kubernetes.io/';
const conditions: readonly { readonly name: string; readonly conditions: readonly (readonly [type: string, status: string])[]; readonly cordoned?: true; readonly taints: readonly string[] }[] = [
  { name: 'ready', conditions: [['Ready', 'True'], ['MemoryPressure', 'False']], taints: [] },
  { name: 'not ready', conditions: [['Ready', 'False']], taints: ['not-ready:NoSchedule', 'not-ready:NoExecute'] },
  { name: 'unreachable', conditions: [['Ready', 'Unknown']], taints: ['unreachable:NoSchedule', 'unreachable:NoExecute'] },
  { name: 'short of memory', conditions: [['Ready', 'True'], ['MemoryPressure', 'True']], taints: ['memory-pressure:NoSchedule'] },
  { name: 'short of disk', conditions: [['Ready', 'True'], ['DiskPressure', 'True']], taints: ['disk-pressure:NoSchedule'] },
  { name: 'short of process ids', conditions: [['Ready', 'True'], ['PIDPressure', 'True']], taints: ['pid-pressure:NoSchedule'] },
  { name: 'without network', conditions: [['Ready', 'True'], ['NetworkUnavailable', 'True']], taints: ['network-unavailable:NoSchedule'] },
  { name: 'cordoned', conditions: [['Ready', 'True']], cordoned: true, taints: ['unschedulable:NoSchedule'] },
  { name: 'in a condition that is not known', conditions: [['Ready', 'True'], ['MemoryPressure', 'Unknown']], taints: [] },
];

for (const each of conditions) {
  test(`a node that is ${each.name} has the taints [${each.taints.join(' ')}], and loses them with it`, () => {
    const others: corev1.Taint = { key: 'team', value: 'blue', effect: 'NoExecute' };
    const status = { conditions: each.conditions.map(([type, value]) => ({ type, status: value })) };
    const node: corev1.Node = { metadata: { name: 'n' }, spec: { taints: [others], ...(each.cordoned && { unschedulable: true }) }, status };
    const taints = wantedTaints(node, 'added', '2026-01-01T00:00:00Z');
    assert.deepEqual(taints.map(({ key, effect }) => `${key.replace(prefix, '')}:${effect}`), ['team:NoExecute', ...each.taints]);
    const healthy = wantedTaints({ ...node, spec: { taints }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }, 'added', '2026-01-01T00:00:00Z');
    assert.deepEqual(healthy, [others]);
  });
}

const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const taintNode = (cluster: Cluster, ...taints: corev1.Taint[]) => cluster.client.of(nodes).patch('node-0001', 'merge', { spec: { taints } });
const noExecute: corev1.Taint = { key: 'team', value: 'blue', effect: 'NoExecute' };

async function run(cluster: Cluster, name: string, tolerations: corev1.Toleration[], nodeName = 'node-0001'): Promise<void> {
  await inDefault(cluster).create({ metadata: { name }, spec: { nodeName, tolerations, containers: [{ name: 'main', image: 'app:1' }] } });
}

const names = async (cluster: Cluster): Promise<string[]> => (await inDefault(cluster).list()).items.map(({ metadata }) => metadata.name ?? '').sort();

test('a NoExecute taint drives Pods away, each when its toleration ends', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await run(cluster, 'none', []);
  await run(cluster, 'short', [{ key: 'team', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }]);
  await run(cluster, 'shortest-counts', [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 }, { key: 'team', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }]);
  await run(cluster, 'for-good', [{ key: 'team', operator: 'Equal', value: 'blue', effect: 'NoExecute' }]);
  await run(cluster, 'other-effect', [{ key: 'team', operator: 'Exists', effect: 'NoSchedule' }]);
  await cluster.settled();
  await taintNode(cluster, noExecute);
  await cluster.settled();
  assert.deepEqual(await names(cluster), ['for-good', 'short', 'shortest-counts']);
  await cluster.clock.advance(9_999);
  assert.deepEqual(await names(cluster), ['for-good', 'short', 'shortest-counts']);
  await cluster.clock.advance(1);
  assert.deepEqual(await names(cluster), ['for-good', 'shortest-counts']);
  await cluster.clock.advance(10_000);
  assert.deepEqual(await names(cluster), ['for-good']);
});

test('a taint that goes in time drives nobody away', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await run(cluster, 'patient', [{ key: 'team', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }]);
  await cluster.settled();
  await taintNode(cluster, noExecute);
  await cluster.clock.advance(9_000);
  await taintNode(cluster);
  await cluster.clock.advance(60_000);
  assert.deepEqual(await names(cluster), ['patient']);
  const told = (await cluster.client.of(events).namespace('default').list({ fieldSelector: 'involvedObject.name=patient,reason=TaintManagerEviction' })).items;
  assert.deepEqual(told.map(({ message }) => message), ['Cancelling deletion of Pod default/patient']);
});

test('a drained node is empty, and never more Pods are away than their budget allows', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'app:1' }] } };
  await cluster.client.of(deployments).namespace('default').create({ metadata: { name: 'web' }, spec: { replicas: 6, selector: { matchLabels: labels }, template } });
  await cluster.client.of(podDisruptionBudgets).namespace('default').create({ metadata: { name: 'web' }, spec: { minAvailable: 5, selector: { matchLabels: labels } } });
  await cluster.settled();
  await cluster.client.of(nodes).patch('node-0001', 'merge', { spec: { unschedulable: true } });
  const onNode = async () => (await inDefault(cluster).list({ fieldSelector: 'spec.nodeName=node-0001' })).items;
  const evict = (name: string) => inDefault(cluster).post(name, 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
  await cluster.settled();
  const there = await onNode();
  assert.ok(there.length >= 2, 'the replicas are spread');
  // All at once: the budget lets one go, and tells the others to ask again.
  const answers = await Promise.allSettled(there.map(({ metadata }) => evict(metadata.name ?? '')));
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  assert.equal(refused.length, there.length - 1);
  assert.ok(refused.every((error) => error instanceof StatusError && error.code === 429));
  for (let left = there; left.length > 0; left = await onNode()) {
    const available = (await inDefault(cluster).list({ labelSelector: 'app=web' })).items.filter(isReady).length;
    assert.ok(available >= 5, `${available} are available`);
    await evict(left[0]?.metadata.name ?? '').catch(() => undefined);
    await cluster.settled();
  }
  const { items } = await inDefault(cluster).list({ labelSelector: 'app=web' });
  assert.equal(items.filter(isReady).length, 6);
});
