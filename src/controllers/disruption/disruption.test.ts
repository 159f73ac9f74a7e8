import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { events } from '../../resources/core/event.ts';
import { pods } from '../../resources/core/pod.ts';
import { podDisruptionBudgets } from '../../resources/policy/pod-disruption-budget.ts';
import type * as policyv1 from '../../resources/types/policy-v1.ts';
import { deploymentController } from '../deployment/deployment.ts';
import { replicaSetController } from '../replica-set/replica-set.ts';
import { nameOf, podSpec, prepareNamespace, runPods, templateFor } from '../runtime/testing.ts';
import { budgetState } from './budget.ts';
import { disruptionController } from './disruption.ts';

const labels = { app: 'web' };
const budgets = (cluster: Cluster) => cluster.client.of(podDisruptionBudgets).namespace('default');
const budgetOf = (spec: policyv1.PodDisruptionBudgetSpec): policyv1.PodDisruptionBudget => ({ metadata: { name: 'web' }, spec: { selector: { matchLabels: labels }, ...spec } });

async function start(replicas: number): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [disruptionController, deploymentController, replicaSetController], scheduler: false });
  await prepareNamespace(cluster.client);
  if (replicas === 0) return cluster;
  await cluster.client.of(deployments).namespace('default').create({ metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: labels }, template: templateFor(labels) } });
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  return cluster;
}

const cases: readonly [policyv1.PodDisruptionBudgetSpec, readonly [desired: number, allowed: number]][] = [
  [{ minAvailable: 2 }, [2, 1]],
  [{ minAvailable: 3 }, [3, 0]],
  [{ minAvailable: '50%' }, [2, 1]],
  [{ maxUnavailable: 1 }, [2, 1]],
  [{ maxUnavailable: '50%' }, [1, 2]],
  [{ maxUnavailable: 0 }, [3, 0]],
  [{ maxUnavailable: '100%' }, [0, 3]],
];
for (const [spec, [desired, allowed]] of cases) {
  test(`of three Pods, ${JSON.stringify(spec)} lets ${allowed} go`, async () => {
    await using cluster = await start(3);
    await budgets(cluster).create(budgetOf(spec));
    await cluster.settled();
    const { status } = await budgets(cluster).get('web');
    assert.deepEqual([status?.expectedPods, status?.currentHealthy, status?.desiredHealthy, status?.disruptionsAllowed, status?.observedGeneration], [3, 3, desired, allowed, 1]);
    assert.deepEqual(status?.conditions?.map(({ type, status: is, reason }) => [type, is, reason]), [['DisruptionAllowed', allowed > 0 ? 'True' : 'False', allowed > 0 ? 'SufficientPods' : 'InsufficientPods']]);
  });
}

test('an eviction spends from the budget, which comes back with the Pod that replaces it', async () => {
  await using cluster = await start(3);
  await budgets(cluster).create(budgetOf({ minAvailable: 2 }));
  await cluster.settled();
  const inDefault = cluster.client.of(pods).namespace('default');
  const [first, second] = (await inDefault.list()).items.map(nameOf);
  await inDefault.post(first ?? '', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: first } });
  await assert.rejects(inDefault.post(second ?? '', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: second } }), /disruption budget/);
  await cluster.settled();
  await runPods(cluster.client, cluster.clock);
  await cluster.settled();
  const { status } = await budgets(cluster).get('web');
  assert.deepEqual([status?.disruptionsAllowed, status?.currentHealthy, status?.disruptedPods], [1, 3, undefined]);
});

test('a Pod that nothing controls is told of, and counts for a plain number', async () => {
  await using cluster = await start(0);
  await cluster.client.of(pods).namespace('default').create({ metadata: { name: 'alone', labels }, spec: podSpec });
  await runPods(cluster.client, cluster.clock);
  await budgets(cluster).create(budgetOf({ maxUnavailable: 1 }));
  await cluster.settled();
  assert.equal((await budgets(cluster).get('web')).status?.expectedPods, 0);
  const told = (await cluster.client.of(events).namespace('default').list()).items.map(({ reason }) => reason);
  assert.ok(told.includes('UnmanagedPods'));
  await budgets(cluster).patch('web', 'merge', { spec: { maxUnavailable: null, minAvailable: 0 } });
  await cluster.settled();
  assert.equal((await budgets(cluster).get('web')).status?.disruptionsAllowed, 1);
});

test('Pods of a controller without a size fail the budget', async () => {
  await using cluster = await start(0);
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'none', uid: 'u', controller: true }];
  await cluster.client.of(pods).namespace('default').create({ metadata: { name: 'owned', labels, ownerReferences }, spec: podSpec });
  await budgets(cluster).create(budgetOf({ maxUnavailable: 1 }));
  await cluster.settled();
  const { status } = await budgets(cluster).get('web');
  assert.deepEqual(status?.conditions?.map(({ reason, message }) => [reason, message]), [['SyncFailed', 'found no controllers for pod "owned"']]);
});

test('an eviction that never shows is forgotten after two minutes', () => {
  const at = Date.UTC(2026, 0, 1);
  const pod = { metadata: { name: 'a' }, spec: podSpec, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  const budget = { ...budgetOf({ minAvailable: 0 }), status: { disruptedPods: { a: new Date(at).toISOString() } } };
  const early = budgetState(budget, { pods: [pod], expected: 1, now: at + 100_000 });
  assert.deepEqual([early.status.currentHealthy, early.recheck], [0, 20_000]);
  const late = budgetState(budget, { pods: [pod], expected: 1, now: at + 120_000 });
  assert.deepEqual([late.status.currentHealthy, late.status.disruptedPods, late.recheck], [1, undefined, undefined]);
});
