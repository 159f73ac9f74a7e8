import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger as quiet } from '../../base/log.ts';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { jobs } from '../../resources/batch/job.ts';
import { isActive } from '../../resources/core/pod-readiness.ts';
import { events } from '../../resources/core/event.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { prepareNamespace, setPodStatus } from '../runtime/testing.ts';
import { jobController } from './job.ts';
import { trackingFinalizer } from './tracking.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [jobController], scheduler: false });
  await prepareNamespace(cluster.client);
  return cluster;
}

const jobOf = (over: Partial<batchv1.JobSpec> = {}): batchv1.Job => ({ metadata: { name: 'pi' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] } }, ...over } });
const jobsOf = (cluster: Cluster) => cluster.client.of(jobs).namespace('default');
const podsOf = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const all = async (cluster: Cluster): Promise<readonly corev1.Pod[]> => (await podsOf(cluster).list()).items;
const active = async (cluster: Cluster): Promise<readonly corev1.Pod[]> => (await all(cluster)).filter(isActive);
const isTracked = ({ metadata }: corev1.Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) === true;

async function create(cluster: Cluster, over: Partial<batchv1.JobSpec> = {}): Promise<void> {
  await jobsOf(cluster).create(jobOf(over));
  await cluster.settled();
}

/** A Pod on a node, whose deletion waits for the node. */
async function bind(cluster: Cluster, pod: corev1.Pod | undefined): Promise<corev1.Pod> {
  assert.ok(pod?.metadata.name);
  await podsOf(cluster).post(pod.metadata.name, 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target: { kind: 'Node', name: 'n' } });
  return podsOf(cluster).get(pod.metadata.name);
}

test('a Pod is held until it is counted, and counted once', async () => {
  await using cluster = await start();
  await create(cluster, { completions: 2 });
  const [first] = await active(cluster);
  assert.ok(first && isTracked(first));
  // It ends and is deleted at once: it still counts.
  await setPodStatus(cluster.client, first, { phase: 'Succeeded' });
  await podsOf(cluster).delete(first.metadata.name ?? '', { gracePeriodSeconds: 0 });
  await cluster.settled();
  const { status } = await jobsOf(cluster).get('pi');
  assert.equal(status?.succeeded, 1);
  assert.deepEqual(status.uncountedTerminatedPods, {});
  assert.deepEqual((await all(cluster)).map(({ metadata }) => metadata.uid === first.metadata.uid), [false]);
  await cluster.clock.advance(60_000);
  assert.equal((await jobsOf(cluster).get('pi')).status?.succeeded, 1);
});

test('what was named and let go before a stop is taken into the numbers after it', async () => {
  await using cluster = await startCluster({ controllers: [], scheduler: false });
  await prepareNamespace(cluster.client);
  await jobsOf(cluster).create(jobOf({ completions: 5, backoffLimit: 5, parallelism: 0 }));
  await jobsOf(cluster).patch('pi', 'merge', { status: { startTime: '2026-01-01T00:00:00Z', succeeded: 1, uncountedTerminatedPods: { succeeded: ['a', 'b'], failed: ['c'] } } }, { subresource: 'status' });
  const job = await jobsOf(cluster).get('pi');
  // Its Pod `b` is still held: it has been named, and must not be counted again.
  const reference = { apiVersion: 'batch/v1', kind: 'Job', name: 'pi', uid: job.metadata.uid ?? '', controller: true };
  const held = await podsOf(cluster).create({ metadata: { name: 'b', labels: { ...job.spec?.template?.metadata?.labels }, finalizers: [trackingFinalizer], ownerReferences: [reference] }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] } });
  await setPodStatus(cluster.client, held, { phase: 'Succeeded' });
  await jobsOf(cluster).patch('pi', 'merge', { status: { uncountedTerminatedPods: { succeeded: ['a', held.metadata.uid] } } }, { subresource: 'status' });
  const controller = jobController({ client: cluster.client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: quiet, recorder: (component) => cluster.controlPlane.recorder(component) });
  await cluster.controlPlane.informers.start();
  controller.start();
  await cluster.settled();
  while (!controller.idle) await cluster.settled();
  const { status } = await jobsOf(cluster).get('pi');
  assert.deepEqual([status?.succeeded, status?.failed, status?.uncountedTerminatedPods], [3, 1, {}]);
  assert.equal(isTracked(await podsOf(cluster).get('b')), false);
  await controller.close();
});

test('a Job that goes lets its Pods go', async () => {
  await using cluster = await start();
  await create(cluster, { parallelism: 2, completions: 2 });
  await jobsOf(cluster).delete('pi', { propagationPolicy: 'Orphan' });
  await jobsOf(cluster).patch('pi', 'merge', { metadata: { finalizers: null } });
  await cluster.settled();
  assert.deepEqual((await all(cluster)).map(isTracked), [false, false]);
});

test('a Pod that is adopted is held, one that is let go is not', async () => {
  await using cluster = await start();
  const labels = { app: 'own' };
  const spec: corev1.PodSpec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] };
  await podsOf(cluster).create({ metadata: { name: 'orphan', labels }, spec });
  await create(cluster, { manualSelector: true, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } });
  const [own] = await active(cluster);
  assert.ok(own && own.metadata.name === 'orphan' && isTracked(own));
  await podsOf(cluster).patch('orphan', 'merge', { metadata: { labels: { app: 'other' } } });
  await cluster.settled();
  assert.equal(isTracked(await podsOf(cluster).get('orphan')), false);
});

for (const [policy, failed, running] of [['TerminatingOrFailed', 1, 1], ['Failed', undefined, 0]] as const) {
  test(`a Pod that someone deletes: ${policy}`, async () => {
    await using cluster = await start();
    await create(cluster, { podReplacementPolicy: policy });
    const pod = await bind(cluster, (await active(cluster))[0]);
    await podsOf(cluster).delete(pod.metadata.name ?? '');
    await cluster.clock.advance(11_000);
    const { status } = await jobsOf(cluster).get('pi');
    assert.deepEqual([status?.failed, status?.terminating, (await active(cluster)).length], [failed, 1, running]);
    await setPodStatus(cluster.client, await podsOf(cluster).get(pod.metadata.name ?? ''), { phase: 'Failed' });
    await cluster.clock.advance(60_000);
    assert.deepEqual([(await jobsOf(cluster).get('pi')).status?.failed, (await active(cluster)).length], [1, 1]);
  });
}

test('Pods that a Job gives up itself have not failed', async () => {
  await using cluster = await start();
  await create(cluster, { parallelism: 3, completions: 3 });
  await jobsOf(cluster).patch('pi', 'merge', { spec: { parallelism: 1 } });
  await cluster.settled();
  await jobsOf(cluster).patch('pi', 'merge', { spec: { suspend: true } });
  await cluster.settled();
  assert.deepEqual([(await active(cluster)).length, (await jobsOf(cluster).get('pi')).status?.failed], [0, undefined]);
});

test('Pods that a failed Job stops have failed too', async () => {
  await using cluster = await start();
  await create(cluster, { parallelism: 2, completions: 2, activeDeadlineSeconds: 5 });
  await cluster.clock.advance(6_000);
  const { status } = await jobsOf(cluster).get('pi');
  assert.deepEqual([status?.failed, status?.conditions?.at(-1)?.reason], [2, 'DeadlineExceeded']);
  assert.deepEqual(await all(cluster), []);
});

test('a Job of another manager is left alone', async () => {
  await using cluster = await start();
  await create(cluster, { managedBy: 'example.com/queue' });
  assert.deepEqual([await all(cluster), (await jobsOf(cluster).get('pi')).status ?? {}], [[], {}]);
});

test('more Pods than were wanted are told of', async () => {
  await using cluster = await start();
  const labels = { app: 'own' };
  const spec: corev1.PodSpec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] };
  for (const [name, phase] of [['a', 'Succeeded'], ['b', 'Succeeded'], ['c', 'Running']] as const) {
    await setPodStatus(cluster.client, await podsOf(cluster).create({ metadata: { name, labels }, spec }), { phase });
  }
  await create(cluster, { completions: 1, manualSelector: true, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } });
  const reasons = (await cluster.client.of(events).namespace('default').list()).items.map(({ reason }) => reason).sort();
  assert.deepEqual(reasons, ['Completed', 'SuccessfulDelete', 'TooManyActivePods', 'TooManySucceededPods']);
  assert.equal((await jobsOf(cluster).get('pi')).status?.succeeded, 2);
});
