/**
 * Starts Jobs on a schedule. Schedules without a time zone are read in UTC. Only the newest of several missed times is made up for.
 * Upstream: pkg/controller/cronjob/cronjob_controllerv2.go
 */
import { Cron } from 'croner';
import { timestamp } from '../../base/clock.ts';
import { draft, objectKey } from '../../apimachinery/object.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import { cronJobs } from '../../resources/batch/cron-job.ts';
import { jobs } from '../../resources/batch/job.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { controlledBy, controllerReference, indexByController, involved } from '../runtime/owners.ts';
import { writeStatus } from '../runtime/write-status.ts';

export const cronJobController: ControllerFactory = (context) => {
  const { client, clock, informers } = context;
  const crons = informers.of(cronJobs);
  const jobInformer = indexByController(informers.of(jobs));
  const recorder = context.recorder('cronjob-controller');

  async function remove(cron: batchv1.CronJob, job: batchv1.Job): Promise<void> {
    const { name = '', namespace, uid } = job.metadata;
    await client.of(jobs).namespace(namespace).delete(name, { propagationPolicy: 'Background', preconditions: { uid } }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    recorder.event(involved(cronJobs, cron), 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }

  async function start(cron: batchv1.CronJob, at: number): Promise<batchv1.Job | undefined> {
    const { name = '', namespace } = cron.metadata;
    const template = cron.spec?.jobTemplate;
    const { labels, annotations } = template?.metadata ?? {};
    try {
      const job = await client.of(jobs).namespace(namespace).create({
        metadata: {
          name: `${name}-${Math.floor(at / 60_000)}`,
          namespace,
          ...(labels ? { labels: { ...labels } } : {}),
          annotations: { ...annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(at) },
          ownerReferences: [controllerReference(cronJobs, cron)],
        },
        ...(template?.spec ? { spec: draft(template.spec) } : {}),
      });
      recorder.event(involved(cronJobs, cron), 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name ?? ''}`);
      return job;
    } catch (error) {
      if (isAlreadyExists(error)) return undefined;
      throw error;
    }
  }

  const controller = new Controller(context, {
    name: 'cronjob-controller',
    async reconcile(key) {
      const cron = crons.get(key);
      if (!cron || cron.metadata.deletionTimestamp !== undefined) return undefined;
      const now = clock.now();
      const own = controlledBy(jobInformer, cron.metadata.uid);
      let active = own.filter((job) => endOf(job) === undefined);
      for (const job of own) {
        const end = endOf(job);
        const wasActive = (cron.status?.active ?? []).some(({ uid }) => uid === job.metadata.uid);
        if (end && wasActive) recorder.event(involved(cronJobs, cron), 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name ?? ''}, condition: ${end.type}`);
      }
      await Promise.all(surplusHistory(cron, own).map((job) => remove(cron, job)));
      const due = cron.spec?.suspend === true ? undefined : dueTime(cron, now);
      let lastScheduleTime = cron.status?.lastScheduleTime;
      const policy = cron.spec?.concurrencyPolicy ?? 'Allow';
      if (due !== undefined && policy === 'Forbid' && active.length > 0) {
        recorder.event(involved(cronJobs, cron), 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
      } else if (due !== undefined) {
        if (policy === 'Replace') {
          await Promise.all(active.map((job) => remove(cron, job)));
          active = [];
        }
        const started = await start(cron, due);
        if (started) active = [...active, started];
        lastScheduleTime = timestamp(due);
      }
      const references = active.map(({ metadata: { name, namespace, uid, resourceVersion } }) => ({ kind: 'Job', apiVersion: 'batch/v1', name, namespace, uid, resourceVersion }));
      const ends = own.flatMap((job) => (endOf(job)?.type === 'Complete' && job.status?.completionTime ? [job.status.completionTime] : []));
      const lastSuccessfulTime = [...ends, ...(cron.status?.lastSuccessfulTime ? [cron.status.lastSuccessfulTime] : [])].sort().at(-1);
      await writeStatus(client, cronJobs, cron, { active: references.length > 0 ? references : undefined, lastScheduleTime, lastSuccessfulTime });
      const next = cron.spec?.suspend === true ? null : scheduleOf(cron).nextRun(new Date(now));
      return next ? { after: next.getTime() - now } : undefined;
    },
  });
  crons.addHandler({
    added: (cron) => controller.queue.add(objectKey(cron)),
    updated: (cron) => controller.queue.add(objectKey(cron)),
  });
  controller.watchOwned(jobInformer, 'CronJob');
  return running(controller);
};

const scheduleOf = ({ spec }: batchv1.CronJob): Cron => new Cron(spec?.schedule ?? '', { paused: true, timezone: spec?.timeZone ?? 'Etc/UTC' });

/** The newest time, in ms, at which a Job should have started and has not; undefined when there is none, or it is too late. */
export function dueTime(cron: batchv1.CronJob, now: number): number | undefined {
  const deadline = cron.spec?.startingDeadlineSeconds;
  const since = Math.max(Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? ''), deadline === undefined ? 0 : now - deadline * 1000);
  const schedule = scheduleOf(cron);
  let due: number | undefined;
  let next = schedule.nextRun(new Date(since))?.getTime();
  for (let steps = 0; next !== undefined && next <= now && steps < 1000; steps++) {
    due = next;
    next = schedule.nextRun(new Date(next))?.getTime();
  }
  if (next === undefined || next > now) return due;
  const [latest] = schedule.previousRuns(1, new Date(now + 1000));
  return latest?.getTime() ?? due;
}

const endOf = ({ status }: batchv1.Job): batchv1.JobCondition | undefined => (status?.conditions ?? []).find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');

/** Finished Jobs beyond the history limits, oldest first. */
function surplusHistory(cron: batchv1.CronJob, own: readonly batchv1.Job[]): batchv1.Job[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec ?? {};
  const beyond = (type: string, limit: number): batchv1.Job[] => {
    const ended = own.filter((job) => endOf(job)?.type === type).sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1));
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)];
}
