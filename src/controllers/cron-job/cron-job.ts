/**
 * Starts Jobs on a schedule. Schedules without a time zone are read in the controller's own. Only the newest of several missed times is
 * made up for.
 * Upstream: pkg/controller/cronjob/cronjob_controllerv2.go
 */
import { messageOf } from '../../base/errors.ts';
import { timestamp } from '../../base/clock.ts';
import { draft, objectKey } from '../../apimachinery/object.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import type { EventRecorder, EventType } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { cronJobs } from '../../resources/batch/cron-job.ts';
import { jobs } from '../../resources/batch/job.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { controlledBy, controllerReference, indexByController, involved } from '../runtime/owners.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { endOf, surplusHistory } from './history.ts';
import { dueTime, isTimeZone, readSchedule, type Schedule } from './schedule.ts';

type CronJob = batchv1.CronJob;
/** So that a start is never looked for a moment too early, ms. */
const slack = 100;

export interface CronJobOptions {
  /** Where schedules without a zone are read; default the process's. */
  readonly zone?: string | undefined;
  /** What Jobs' names count their times in, ms: minutes by default, seconds in releases up to 1.20. */
  readonly nameUnit?: number | undefined;
}

export function cronJobControllerWith({ zone, nameUnit = 60_000 }: CronJobOptions = {}): ControllerFactory {
  return (context) => {
    const crons = new CronJobs(context, zone, nameUnit);
    const controller = new Controller(context, { name: 'cronjob-controller', reconcile: (key) => crons.reconcile(key) });
    crons.crons.addHandler({
      added: (cron) => controller.queue.add(objectKey(cron)),
      updated: (cron) => controller.queue.add(objectKey(cron)),
    });
    controller.watchOwned(crons.jobs, 'CronJob');
    return running(controller);
  };
}

export const cronJobController: ControllerFactory = cronJobControllerWith();

/** The process's. Asked when a schedule needs it: the language's tables of zones take long to load. */
const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What a look at a CronJob has found: Jobs that run, and the last time on the schedule. */
interface Found {
  readonly active: readonly batchv1.Job[];
  readonly lastScheduleTime: string | undefined;
}

class CronJobs {
  readonly crons: Informer<CronJob>;
  readonly jobs: Informer<batchv1.Job>;
  readonly #context: ControllerContext;
  #zone: string | undefined;
  readonly #nameUnit: number;
  readonly #recorder: EventRecorder;

  constructor(context: ControllerContext, zone: string | undefined, nameUnit: number) {
    this.#context = context;
    this.#zone = zone;
    this.#nameUnit = nameUnit;
    this.crons = context.informers.of(cronJobs);
    this.jobs = indexByController(context.informers.of(jobs));
    this.#recorder = context.recorder('cronjob-controller');
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const cron = this.crons.get(key);
    if (!cron || cron.metadata.deletionTimestamp !== undefined) return undefined;
    const now = this.#context.clock.now();
    const own = controlledBy(this.jobs, cron.metadata.uid);
    this.#tellOfEnds(cron, own);
    await Promise.all(surplusHistory(cron, own).map((job) => this.#remove(cron, job)));
    const active = own.filter((job) => endOf(job) === undefined && job.metadata.deletionTimestamp === undefined);
    const schedule = cron.spec?.suspend === true ? undefined : this.#scheduleOf(cron);
    const found = schedule ? await this.#startDue(cron, schedule, active, now) : { active, lastScheduleTime: cron.status?.lastScheduleTime };
    await this.#writeStatus(cron, own, found);
    const next = schedule?.next(now);
    return next === undefined ? undefined : { after: next - now + slack };
  }

  #scheduleOf(cron: CronJob): Schedule | undefined {
    const { schedule = '', timeZone } = cron.spec ?? {};
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      this.#tell(cron, 'Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`);
      return undefined;
    }
    try {
      return readSchedule(schedule, timeZone ?? (this.#zone ??= ownZone()));
    } catch (error) {
      this.#tell(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(schedule)} : ${messageOf(error)}`);
      return undefined;
    }
  }

  async #startDue(cron: CronJob, schedule: Schedule, active: readonly batchv1.Job[], now: number): Promise<Found> {
    const { lastScheduleTime } = cron.status ?? {};
    const due = dueTime(cron, schedule, now);
    if (due?.tooMany) this.#tell(cron, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
    if (!due) return { active, lastScheduleTime };
    const { startingDeadlineSeconds: deadline, concurrencyPolicy = 'Allow' } = cron.spec ?? {};
    if (deadline !== undefined && due.at + deadline * 1000 < now) {
      this.#tell(cron, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${new Date(due.at).toUTCString().replace('GMT', '+0000')}`);
      return { active, lastScheduleTime };
    }
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      this.#tell(cron, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
      return { active, lastScheduleTime };
    }
    const replaced = concurrencyPolicy === 'Replace';
    if (replaced) await Promise.all(active.map((job) => this.#remove(cron, job)));
    const started = await this.#start(cron, due.at);
    return { active: [...(replaced ? [] : active), ...(started ? [started] : [])], lastScheduleTime: timestamp(due.at) };
  }

  async #start(cron: CronJob, at: number): Promise<batchv1.Job | undefined> {
    const { name = '', namespace } = cron.metadata;
    const template = cron.spec?.jobTemplate;
    const { labels, annotations } = template?.metadata ?? {};
    try {
      const job = await this.#context.client.of(jobs).namespace(namespace).create({
        metadata: {
          name: `${name}-${Math.floor(at / this.#nameUnit)}`,
          namespace,
          ...(labels ? { labels: { ...labels } } : {}),
          annotations: { ...annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(at) },
          ownerReferences: [controllerReference(cronJobs, cron)],
        },
        ...(template?.spec ? { spec: draft(template.spec) } : {}),
      });
      this.#tell(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name ?? ''}`);
      return job;
    } catch (error) {
      if (isAlreadyExists(error)) return undefined;
      this.#tell(cron, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
      throw error;
    }
  }

  async #remove(cron: CronJob, job: batchv1.Job): Promise<void> {
    const { name = '', namespace, uid } = job.metadata;
    try {
      await this.#context.client.of(jobs).namespace(namespace).delete(name, { propagationPolicy: 'Background', preconditions: { uid } });
    } catch (error) {
      if (isNotFound(error)) return;
      this.#tell(cron, 'Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`);
      throw error;
    }
    this.#tell(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }

  #tellOfEnds(cron: CronJob, own: readonly batchv1.Job[]): void {
    const byUid = new Map(own.map((job) => [job.metadata.uid, job]));
    for (const { uid, name = '' } of cron.status?.active ?? []) {
      const job = byUid.get(uid);
      const end = job && endOf(job);
      if (end) this.#tell(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end.type}`);
      else if (!job && this.jobs.get(`${cron.metadata.namespace ?? ''}/${name}`) === undefined) this.#tell(cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    }
  }

  async #writeStatus(cron: CronJob, own: readonly batchv1.Job[], { active, lastScheduleTime }: Found): Promise<void> {
    const references = active.map(({ metadata: { name, namespace, uid, resourceVersion } }) => ({ kind: 'Job', apiVersion: 'batch/v1', name, namespace, uid, resourceVersion }));
    const ends = own.flatMap((job) => (endOf(job)?.type === 'Complete' && job.status?.completionTime ? [job.status.completionTime] : []));
    const lastSuccessfulTime = [...ends, ...(cron.status?.lastSuccessfulTime ? [cron.status.lastSuccessfulTime] : [])].sort().at(-1);
    await writeStatus(this.#context.client, cronJobs, cron, { active: references.length > 0 ? references : undefined, lastScheduleTime, lastSuccessfulTime });
  }

  #tell(cron: CronJob, type: EventType, reason: string, message: string): void {
    this.#recorder.event(involved(cronJobs, cron), type, reason, message);
  }
}
