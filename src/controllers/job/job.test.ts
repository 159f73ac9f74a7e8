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

const failWith = async (cluster: Cluster, code: number, conditions: { type: string; status: string }[] = []): Promise<void> => {
  for (const pod of await active(cluster)) {
    const terminated = { exitCode: code, finishedAt: new Date(cluster.clock.now()).toISOString() };
    await setPodStatus(cluster.client, pod, { phase: 'Failed', conditions, containerStatuses: [{ name: 'main', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated } }] });
  }
  await cluster.settled();
};

const failureRules: batchv1.PodFailurePolicy = {
  rules: [
    { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ],
};
const rulings: readonly [string, number, { type: string; status: string }[], number | undefined, readonly string[][]][] = [
  ['a fatal exit code', 42, [], 1, [['FailureTarget', 'PodFailurePolicy'], ['Failed', 'PodFailurePolicy']]],
  ['a disruption', 1, [{ type: 'DisruptionTarget', status: 'True' }], undefined, []],
  ['anything else', 1, [], 1, []],
];
for (const [name, code, podConditions, failed, expected] of rulings) {
  test(`failure policy: ${name}`, async () => {
    await using cluster = await start();
    await inDefault(cluster).create(jobOf({ podFailurePolicy: failureRules, backoffLimit: 3 }));
    await cluster.settled();
    await failWith(cluster, code, podConditions);
    const { status } = await inDefault(cluster).get('pi');
    assert.equal(status?.failed, failed);
    assert.deepEqual(await conditions(cluster), expected);
    if (expected.length > 0) assert.match(status?.conditions?.[0]?.message ?? '', /^Container main for pod default\/pi-\w+ failed with exit code 42 matching FailJob rule at index 0$/);
    await cluster.clock.advance(20_000);
    assert.equal((await active(cluster)).length, expected.length > 0 ? 0 : 1);
  });
}

test('each number has its own limit, and the others go on', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 }));
  await cluster.settled();
  const finish = async (index: number, phase: string): Promise<void> => {
    for (const pod of await active(cluster)) if (indexOf(pod) === index) await setPodStatus(cluster.client, pod, { phase });
    await cluster.clock.advance(40_000);
  };
  await finish(0, 'Failed');
  assert.deepEqual((await active(cluster)).map(indexOf).sort(), [0, 1]);
  assert.equal((await active(cluster)).find((pod) => indexOf(pod) === 0)?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'], '1');
  await finish(0, 'Failed');
  assert.deepEqual((await active(cluster)).map(indexOf), [1]);
  assert.equal((await inDefault(cluster).get('pi')).status?.failedIndexes, '0');
  await finish(1, 'Succeeded');
  assert.deepEqual((await conditions(cluster)).at(-1), ['Failed', 'FailedIndexes']);
  assert.equal((await inDefault(cluster).get('pi')).status?.completedIndexes, '1');
});

test('too many failed numbers end it', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 0, maxFailedIndexes: 1 }));
  await cluster.settled();
  for (const pod of (await active(cluster)).filter((one) => indexOf(one) !== 2)) await setPodStatus(cluster.client, pod, { phase: 'Failed' });
  await cluster.settled();
  assert.deepEqual((await conditions(cluster)).at(-1), ['Failed', 'MaxFailedIndexesExceeded']);
  assert.equal((await active(cluster)).length, 0);
});

for (const [name, rule] of [['the leader', { succeededIndexes: '0' }], ['any one', { succeededCount: 1 }], ['one of some', { succeededIndexes: '0-1', succeededCount: 1 }]] as const) {
  test(`success policy: ${name} is enough`, async () => {
    await using cluster = await start();
    await inDefault(cluster).create(jobOf({ completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy: { rules: [rule] } }));
    await cluster.settled();
    const first = (await active(cluster)).find((pod) => indexOf(pod) === 0);
    assert.ok(first);
    await setPodStatus(cluster.client, first, { phase: 'Succeeded' });
    await cluster.settled();
    assert.deepEqual(await conditions(cluster), [['SuccessCriteriaMet', 'SuccessPolicy'], ['Complete', 'SuccessPolicy']]);
    assert.equal((await active(cluster)).length, 0);
  });
}

test('taken up again it starts anew in time', async () => {
  await using cluster = await start();
  await inDefault(cluster).create(jobOf({ activeDeadlineSeconds: 60 }));
  await cluster.clock.advance(50_000);
  await inDefault(cluster).patch('pi', 'merge', { spec: { suspend: true } });
  await cluster.clock.advance(50_000);
  assert.equal((await inDefault(cluster).get('pi')).status?.startTime, undefined);
  await inDefault(cluster).patch('pi', 'merge', { spec: { suspend: false } });
  await cluster.clock.advance(50_000);
  assert.equal((await active(cluster)).length, 1);
  assert.deepEqual(await conditions(cluster), [['Suspended', 'JobResumed']]);
});
