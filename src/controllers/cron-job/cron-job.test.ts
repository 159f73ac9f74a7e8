import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { cronJobs } from '../../resources/batch/cron-job.ts';
import { jobs } from '../../resources/batch/job.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import { cronJobController } from './cron-job.ts';

const cronOf = (over: Partial<batchv1.CronJobSpec> = {}): batchv1.CronJob => ({
  metadata: { name: 'tick' },
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] } } } }, ...over },
});
const start = (): Promise<Cluster> => startCluster({ controllers: [cronJobController], now: Date.UTC(2026, 0, 1, 0, 1) });
const jobsOf = async (cluster: Cluster) => (await cluster.client.of(jobs).namespace('default').list()).items;

for (const [policy, count] of [['Allow', 2], ['Forbid', 1], ['Replace', 1]] as const) {
  test(`starts a Job every five minutes: ${policy}`, async () => {
    await using cluster = await start();
    await cluster.client.of(cronJobs).namespace('default').create(cronOf({ concurrencyPolicy: policy }));
    await cluster.clock.advance(200_000);
    assert.equal((await jobsOf(cluster)).length, 0);
    await cluster.clock.advance(60_000);
    assert.deepEqual((await jobsOf(cluster)).map(({ metadata }) => metadata.name), [`tick-${Date.UTC(2026, 0, 1, 0, 5) / 60_000}`]);
    await cluster.clock.advance(300_000);
    const live = (await jobsOf(cluster)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    assert.equal(live.length, count);
  });
}

test('suspended it starts nothing', async () => {
  await using cluster = await start();
  await cluster.client.of(cronJobs).namespace('default').create(cronOf({ suspend: true }));
  await cluster.clock.advance(900_000);
  assert.equal((await jobsOf(cluster)).length, 0);
});
