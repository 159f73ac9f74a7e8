import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import { events } from '../../resources/core/event.ts';
import { isActive, isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { replicaSetController } from '../replica-set/replica-set.ts';
import { prepareNamespace, runPods, templateFor } from '../runtime/testing.ts';
import { deploymentController } from './deployment.ts';
import { newSetSize, oldSetSizes } from './rolling.ts';
import { scaledSizes } from './scaling.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [replicaSetController, deploymentController] });
  await prepareNamespace(cluster.client);
  return cluster;
}

const labels = { app: 'web' };
type Strategy = appsv1.DeploymentStrategy;
const web = (replicas: number, image = 'example/app:1', over: Partial<appsv1.DeploymentSpec> = {}): appsv1.Deployment => ({
  metadata: { name: 'web' },
  spec: { replicas, selector: { matchLabels: labels }, template: templateFor(labels, image), ...over },
});
const inDefault = (cluster: Cluster) => cluster.client.of(deployments).namespace('default');
const setsOf = async (cluster: Cluster) => (await cluster.client.of(replicaSets).namespace('default').list()).items;
const activeCount = async (cluster: Cluster) => (await cluster.client.of(pods).namespace('default').list()).items.filter(isActive).length;
const setImage = (cluster: Cluster, image: string) => inDefault(cluster).patch('web', 'strategic', { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } });

/** Runs Pods until nothing more is started; `each` looks at every step. */
async function rollOut(cluster: Cluster, each: () => Promise<void> = async () => {}): Promise<void> {
  do {
    await cluster.settled();
    await each();
  } while ((await runPods(cluster.client, cluster.clock)) > 0);
  await cluster.settled();
}

test('makes a ReplicaSet named and labelled by the hash of its template, and becomes available', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(3));
  await rollOut(cluster);
  const [set, ...more] = await setsOf(cluster);
  assert.equal(more.length, 0);
  const hash = set?.metadata.labels?.['pod-template-hash'] ?? '';
  assert.equal(set?.metadata.name, `web-${hash}`);
  assert.deepEqual(set?.spec?.selector?.matchLabels, { app: 'web', 'pod-template-hash': hash });
  assert.equal(set?.metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
  assert.equal(set?.metadata.annotations?.['deployment.kubernetes.io/max-replicas'], '4');
  const { status, metadata } = await inDefault(cluster).get('web');
  assert.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
  const { conditions = [], ...counts } = status ?? {};
  assert.deepEqual(counts, { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
  assert.deepEqual(conditions.map(({ type, status: is, reason, message }) => [type, is, reason, message]).sort(), [
    ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
    ['Progressing', 'True', 'NewReplicaSetAvailable', `ReplicaSet "web-${hash}" has successfully progressed.`],
  ]);
  const told = (await cluster.client.of(events).namespace('default').list()).items.filter(({ reason }) => reason === 'ScalingReplicaSet');
  assert.deepEqual(told.map(({ message }) => message), [`Scaled up replica set web-${hash} from 0 to 3`]);
});

const strategies: readonly [string, Strategy, { most: number; least: number }][] = [
  ['defaults', {}, { most: 5, least: 3 }],
  ['surge only', { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } }, { most: 6, least: 4 }],
  ['unavailable only', { rollingUpdate: { maxSurge: 0, maxUnavailable: '50%' } }, { most: 4, least: 2 }],
];
for (const [name, strategy, { most, least }] of strategies) {
  test(`rolls to a new template within its limits: ${name}`, async () => {
    await using cluster = await start();
    await inDefault(cluster).create(web(4, 'example/app:1', { strategy }));
    await rollOut(cluster);
    await setImage(cluster, 'example/app:2');
    await rollOut(cluster, async () => {
      assert.ok((await activeCount(cluster)) <= most);
      assert.ok(((await inDefault(cluster).get('web')).status?.availableReplicas ?? 0) >= least);
    });
    const sizes = (await setsOf(cluster)).map((set) => [set.spec?.template?.spec?.containers[0]?.image, set.spec?.replicas, set.metadata.annotations?.['deployment.kubernetes.io/revision']]).sort();
    assert.deepEqual(sizes, [['example/app:1', 0, '1'], ['example/app:2', 4, '2']]);
  });
}

test('going back to an old template uses its ReplicaSet again, as a new revision', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(1));
  await rollOut(cluster);
  await setImage(cluster, 'example/app:2');
  await rollOut(cluster);
  await setImage(cluster, 'example/app:1');
  await rollOut(cluster);
  const sets = await setsOf(cluster);
  assert.equal(sets.length, 2);
  const first = sets.find((set) => set.spec?.template?.spec?.containers[0]?.image === 'example/app:1');
  assert.equal(first?.spec?.replicas, 1);
  assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
  assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
  assert.equal((await inDefault(cluster).get('web')).metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
});

test('Recreate starts nothing new until the old Pods are gone', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(2, 'example/app:1', { strategy: { type: 'Recreate' } }));
  await cluster.settled();
  const inNamespace = cluster.client.of(pods).namespace('default');
  const old = (await inNamespace.list()).items;
  for (const { metadata } of old) await inNamespace.post(metadata.name ?? '', 'binding', { kind: 'Binding', apiVersion: 'v1', metadata: { name: metadata.name }, target: { kind: 'Node', name: 'n1' } });
  await rollOut(cluster);
  await setImage(cluster, 'example/app:2');
  await rollOut(cluster);
  assert.deepEqual((await inNamespace.list()).items.map(isTerminating), [true, true]);
  for (const { metadata } of old) await inNamespace.delete(metadata.name ?? '', { gracePeriodSeconds: 0 });
  await rollOut(cluster);
  assert.deepEqual((await inNamespace.list()).items.map(({ spec }) => spec?.containers[0]?.image), ['example/app:2', 'example/app:2']);
});

test('a rollout that stands still exceeds its deadline; a third template replaces both', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(1, 'example/app:1', { progressDeadlineSeconds: 60 }));
  await rollOut(cluster);
  await setImage(cluster, 'example/broken');
  await cluster.settled();
  await cluster.clock.advance(61_000);
  const stuck = (await inDefault(cluster).get('web')).status?.conditions?.find(({ type }) => type === 'Progressing');
  assert.deepEqual([stuck?.status, stuck?.reason], ['False', 'ProgressDeadlineExceeded']);
  await setImage(cluster, 'example/app:3');
  await rollOut(cluster);
  const left = (await cluster.client.of(pods).namespace('default').list()).items.filter(isActive);
  assert.deepEqual(left.map(({ spec }) => spec?.containers[0]?.image), ['example/app:3']);
});

test('a paused Deployment scales but does not roll', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(2));
  await rollOut(cluster);
  await inDefault(cluster).patch('web', 'merge', { spec: { paused: true } });
  await setImage(cluster, 'example/app:2');
  await inDefault(cluster).patch('web', 'merge', { spec: { replicas: 3 } });
  await rollOut(cluster);
  assert.deepEqual((await setsOf(cluster)).map(({ spec }) => spec?.replicas), [3]);
  assert.equal((await inDefault(cluster).get('web')).status?.conditions?.find(({ type }) => type === 'Progressing')?.reason, 'DeploymentPaused');
  await inDefault(cluster).patch('web', 'merge', { spec: { paused: false } });
  await rollOut(cluster);
  assert.deepEqual((await setsOf(cluster)).map(({ spec }) => spec?.replicas).sort(), [0, 3]);
});

test('old ReplicaSets beyond the history limit are deleted', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(1, 'example/app:1', { revisionHistoryLimit: 1 }));
  await rollOut(cluster);
  for (const image of ['example/app:2', 'example/app:3', 'example/app:4']) {
    await setImage(cluster, image);
    await rollOut(cluster);
  }
  assert.deepEqual((await setsOf(cluster)).map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision']).sort(), ['3', '4']);
});

test('a name taken by another template is answered with another hash', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(1));
  await rollOut(cluster);
  const [set] = await setsOf(cluster);
  const name = set?.metadata.name ?? '';
  await inDefault(cluster).delete('web', { propagationPolicy: 'Orphan' });
  await inDefault(cluster).patch('web', 'merge', { metadata: { finalizers: null } }).catch(() => {});
  await cluster.client.of(replicaSets).namespace('default').delete(name);
  await cluster.client.of(replicaSets).namespace('default').create({ metadata: { name }, spec: { replicas: 0, selector: { matchLabels: { app: 'other' } }, template: templateFor({ app: 'other' }) } });
  await inDefault(cluster).create(web(1));
  await cluster.clock.advance(1_000);
  await rollOut(cluster);
  const { status } = await inDefault(cluster).get('web');
  assert.deepEqual([status?.collisionCount, status?.availableReplicas], [1, 1]);
});

const set = (name: string, replicas: number, available: number, annotations: Record<string, string> = {}): appsv1.ReplicaSet => ({
  metadata: { name, annotations, creationTimestamp: `2026-01-01T00:00:0${name.slice(1)}Z` },
  spec: { replicas, selector: {} },
  status: { replicas, availableReplicas: available },
});

test('the arithmetic of rolling and scaling', () => {
  const rolling = web(10, 'x', { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } });
  const old = set('s1', 10, 10);
  assert.equal(newSetSize(rolling, [old], undefined), 3);
  assert.deepEqual([...oldSetSizes(rolling, [old], set('s2', 3, 0)).values()], [8]);
  assert.deepEqual([...oldSetSizes(rolling, [set('s1', 10, 6)], set('s2', 3, 0)).values()], [8]);
  assert.equal(oldSetSizes(rolling, [set('s1', 8, 8)], set('s2', 5, 0)).size, 0);
  const noted = { 'deployment.kubernetes.io/max-replicas': '13', 'deployment.kubernetes.io/desired-replicas': '10' };
  const twenty: appsv1.Deployment = { ...rolling, spec: { ...rolling.spec, selector: {}, template: {}, replicas: 20 } };
  const [big, small] = [set('s1', 8, 8, noted), set('s2', 5, 0, noted)];
  assert.deepEqual([...scaledSizes(twenty, [big], small).values()], [15, 10]);
});

test('a Deployment of 500 replicas', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(web(500));
  await cluster.settled();
  assert.equal(await activeCount(cluster), 500);
});
