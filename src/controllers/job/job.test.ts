import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { jobs } from '../../resources/batch/job.ts';
import { isActive } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import { prepareNamespace, setPodStatus } from '../runtime/testing.ts';
import { formatIndexes, indexOf, parseIndexes } from './indexes.ts';
import { jobController } from './job.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [jobController] });
  await prepareNamespace(cluster.client);
  return cluster;
}

const jobOf = (over: Partial<batchv1.JobSpec> = {}): batchv1.Job => ({ metadata: { name: 'pi' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] } }, ...over } });
const inDefault = (cluster: Cluster) => cluster.client.of(jobs).namespace('default');
const active = async (cluster: Cluster) => (await cluster.client.of(pods).namespace('default').list()).items.filter(isActive);
const conditions = async (cluster: Cluster) => ((await inDefault(cluster).get('pi')).status?.conditions ?? []).map(({ type, reason }) => [type, reason]);

async function end(cluster: Cluster, phase: string): Promise<void> {
  for (const pod of await active(cluster)) await setPodStatus(cluster.client, pod, { phase });
  await cluster.settled();
}

test('runs until enough Pods succeeded, so many at a time', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ completions: 3, parallelism: 2 }));
  await cluster.settled();
  assert.equal((await active(cluster)).length, 2);
  await end(cluster, 'Succeeded');
  assert.equal((await active(cluster)).length, 1);
  await end(cluster, 'Succeeded');
  const { status } = await inDefault(cluster).get('pi');
  assert.equal(status?.succeeded, 3);
  assert.ok(status.completionTime);
  assert.deepEqual(await conditions(cluster), [['SuccessCriteriaMet', 'CompletionsReached'], ['Complete', 'CompletionsReached']]);
});

test('failures are tried again with growing pauses, up to the limit', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ backoffLimit: 1 }));
  await cluster.settled();
  await end(cluster, 'Failed');
  assert.equal((await active(cluster)).length, 0);
  await cluster.clock.advance(10_000);
  assert.equal((await active(cluster)).length, 1);
  await end(cluster, 'Failed');
  assert.deepEqual(await conditions(cluster), [['FailureTarget', 'BackoffLimitExceeded'], ['Failed', 'BackoffLimitExceeded']]);
});

test('a deadline ends it', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ activeDeadlineSeconds: 30 }));
  await cluster.clock.advance(31_000);
  assert.equal((await active(cluster)).length, 0);
  assert.deepEqual((await conditions(cluster)).at(-1), ['Failed', 'DeadlineExceeded']);
});

test('suspended it has no Pods', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ suspend: true }));
  await cluster.settled();
  assert.equal((await active(cluster)).length, 0);
  await inDefault(cluster).patch('pi', 'merge', { spec: { suspend: false } });
  await cluster.settled();
  assert.equal((await active(cluster)).length, 1);
});

test('indexed Pods are numbered', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ completionMode: 'Indexed', completions: 3, parallelism: 3 }));
  await cluster.settled();
  assert.deepEqual((await active(cluster)).map(indexOf).sort(), [0, 1, 2]);
  await end(cluster, 'Succeeded');
  assert.equal((await inDefault(cluster).get('pi')).status?.completedIndexes, '0-2');
  assert.equal(formatIndexes(parseIndexes('0-2,4,5,7')), '0-2,4,5,7');
});
