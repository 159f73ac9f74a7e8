import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { cronJobs } from '../../resources/batch/cron-job.ts';
import { jobs } from '../../resources/batch/job.ts';
import { events } from '../../resources/core/event.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import { cronJobController, cronJobControllerWith } from './cron-job.ts';
import { dueTime, readSchedule } from './schedule.ts';

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

const reasons = async (cluster: Cluster) => (await cluster.client.of(events).namespace('default').list()).items.map(({ reason }) => reason);

const starts: readonly [string, string, string, string, readonly string[]][] = [
  ['every five minutes', '*/5 * * * *', 'Etc/UTC', '2026-01-01T00:01:00Z', ['2026-01-01T00:05:00Z', '2026-01-01T00:10:00Z']],
  ['in a zone', '0 9 * * *', 'Asia/Tokyo', '2026-01-01T00:30:00Z', ['2026-01-02T00:00:00Z']],
  ['a time the clock leaps over', '30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-09T06:30:00Z', '2026-03-10T06:30:00Z']],
  ['a time after the leap', '30 3 * * *', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-08T07:30:00Z', '2026-03-09T07:30:00Z']],
  ['a time the clock shows twice', '30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', '2026-11-02T06:30:00Z']],
  ['the twice shown hour by halves', '*/30 * * * *', 'America/New_York', '2026-11-01T05:15:00Z', ['2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z', '2026-11-01T06:30:00Z', '2026-11-01T07:00:00Z']],
  ['a day that is rare', '0 0 29 2 *', 'Etc/UTC', '2026-01-01T00:00:00Z', ['2028-02-29T00:00:00Z']],
  ['a macro', '@hourly', 'Etc/UTC', '2026-01-01T00:01:00Z', ['2026-01-01T01:00:00Z']],
  ['a period', '@every 1h30m', 'Etc/UTC', '2026-01-01T00:01:00Z', ['2026-01-01T01:31:00Z', '2026-01-01T03:01:00Z']],
];
for (const [name, text, zone, from, expected] of starts) {
  test(`schedule: ${name}`, () => {
    const schedule = readSchedule(text, zone);
    let at = Date.parse(from);
    for (const time of expected) {
      at = schedule.next(at) ?? NaN;
      assert.equal(new Date(at).toISOString(), time.replace('Z', '.000Z'));
    }
  });
}

const minute = 60_000;
const made = Date.UTC(2026, 0, 1);
const dues: readonly [string, Partial<batchv1.CronJobSpec>, after: number, readonly [at: number, tooMany: boolean] | undefined][] = [
  ['none yet', {}, 4 * minute, undefined],
  ['the first', {}, 5 * minute, [5 * minute, false]],
  ['the newest of several', {}, 33 * minute, [30 * minute, false]],
  ['a hundred missed', {}, 500 * minute, [500 * minute, false]],
  ['more than a hundred missed', {}, 506 * minute, [505 * minute, true]],
  ['a year missed', {}, 365 * 24 * 60 * minute + minute, [365 * 24 * 60 * minute, true]],
  ['uneven starts', { schedule: '0,5 9 * * *' }, 23 * 60 * minute, [9 * 60 * minute + 5 * minute, true]],
  ['beyond the deadline', { startingDeadlineSeconds: 60 }, 7 * minute, undefined],
  ['within the deadline', { startingDeadlineSeconds: 200 }, 7 * minute, [5 * minute, false]],
];
for (const [name, over, after, expected] of dues) {
  test(`due: ${name}`, () => {
    const cron = cronOf(over);
    const due = dueTime({ ...cron, metadata: { ...cron.metadata, creationTimestamp: new Date(made).toISOString() } }, readSchedule(cron.spec?.schedule ?? '', 'Etc/UTC'), made + after);
    assert.deepEqual(due && [due.at - made, due.tooMany], expected);
  });
}

test('without a zone the schedule is read in the controller\'s', async () => {
  await using cluster = await startCluster({ controllers: [cronJobControllerWith({ zone: 'Asia/Tokyo' })], now: Date.UTC(2026, 0, 1, 23, 59) });
  await cluster.client.of(cronJobs).namespace('default').create(cronOf({ schedule: '0 9 * * *' }));
  await cluster.clock.advance(2 * minute);
  assert.equal((await jobsOf(cluster)).length, 1);
});

test('many missed starts are told of, and one is made up for', async () => {
  await using cluster = await start();
  await cluster.client.of(cronJobs).namespace('default').create(cronOf({ suspend: true, schedule: '* * * * *' }));
  await cluster.clock.advance(105 * minute);
  await cluster.client.of(cronJobs).namespace('default').patch('tick', 'merge', { spec: { suspend: false } });
  await cluster.settled();
  assert.equal((await jobsOf(cluster)).length, 1);
  assert.ok((await reasons(cluster)).includes('TooManyMissedTimes'));
});

test('finished Jobs are kept up to the limits', async () => {
  await using cluster = await start();
  const inDefault = cluster.client.of(jobs).namespace('default');
  await cluster.client.of(cronJobs).namespace('default').create(cronOf({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 0 }));
  for (const type of ['Complete', 'Failed', 'Complete', 'Complete']) {
    await cluster.clock.advance(5 * minute);
    const at = new Date(cluster.clock.now()).toISOString();
    const [running] = (await jobsOf(cluster)).filter(({ status }) => status?.conditions === undefined);
    assert.ok(running?.metadata.name);
    const why = { status: 'True', reason: 'r', message: 'm', lastTransitionTime: at };
    const conditions = [{ type: type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget', ...why }, { type, ...why }];
    await inDefault.patch(running.metadata.name, 'merge', { status: { startTime: at, ...(type === 'Complete' ? { completionTime: at } : {}), conditions } }, { subresource: 'status' });
    await cluster.settled();
  }
  assert.deepEqual((await jobsOf(cluster)).map(({ status }) => status?.conditions?.at(-1)?.type), ['Complete', 'Complete']);
  assert.ok((await reasons(cluster)).includes('SawCompletedJob'));
});
