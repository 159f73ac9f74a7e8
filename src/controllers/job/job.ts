/**
 * Runs Jobs: Pods until enough have succeeded, or too many failed, or time is up.
 * Out of scope yet: counting by finalizer (a finished Pod that is deleted before the next look is not counted).
 * Upstream: pkg/controller/job/job_controller.go
 */
import { asError } from '../../base/errors.ts';
import { timestamp } from '../../base/clock.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { jobs } from '../../resources/batch/job.ts';
import { isActive, isFinished, isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { claim } from '../runtime/claim.ts';
import { findCondition, withCondition } from '../runtime/conditions.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { Expectations, givenUpAfter } from '../runtime/expectations.ts';
import { indexByController, involved } from '../runtime/owners.ts';
import { PodControl, podFromTemplate } from '../runtime/pod-control.ts';
import { slowStart } from '../runtime/slow-start.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { backoff } from './backoff.ts';
import { countPods, type Counts } from './counts.ts';
import { formatIndexes, indexOf, noteFailures, number } from './indexes.ts';
import { interimType, verdictOf, type Verdict } from './verdict.ts';

const component = 'job-controller';
/** Jobs of another manager are left alone. */
const ownName = 'kubernetes.io/job-controller';

type Job = batchv1.Job;

export const jobController: ControllerFactory = (context) => {
  const all = new Jobs(context);
  const controller = new Controller(context, { name: component, reconcile: (key) => all.reconcile(key) });
  controller.watch(all.jobs);
  watchDependents({ controller, dependents: all.pods, owners: all.jobs, selectorOf: ({ spec }) => selectorOf(spec?.selector), expectations: all.expectations });
  return running(controller);
};

/** One look at a Job. */
interface Look {
  readonly key: string;
  readonly job: Job;
  readonly pods: readonly corev1.Pod[];
  readonly counts: Counts;
  readonly startTime: string | undefined;
  /** ms */
  readonly now: number;
}

class Jobs {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<corev1.Pod>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #control: PodControl<Job>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.jobs = context.informers.of(jobs);
    this.pods = indexByController(context.informers.of(pods));
    this.expectations = new Expectations(context.clock);
    this.#recorder = context.recorder(component);
    this.#control = new PodControl(context.client, this.#recorder, jobs);
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const { client, clock } = this.#context;
    const job = this.jobs.get(key);
    if (!job) {
      this.expectations.forget(key);
      return undefined;
    }
    if (job.metadata.deletionTimestamp !== undefined || isEnded(job) || (job.spec?.managedBy ?? ownName) !== ownName) return undefined;
    if (!this.expectations.satisfied(key)) return { after: givenUpAfter };
    const own = await claim({ client, ownerKind: jobs, owner: job, selector: selectorOf(job.spec?.selector), informer: this.pods });
    const now = clock.now();
    const suspended = job.spec?.suspend === true;
    const startTime = suspended ? undefined : (job.status?.startTime ?? timestamp(now));
    const look: Look = { key, job, pods: own, counts: countPods(job, own), startTime, now };
    const verdict = suspended ? undefined : verdictOf(job, look.counts, startTime, now);
    if (verdict) await this.#remove(look, own.filter(isActive));
    const result = verdict ? undefined : await this.#manage(look);
    await this.#writeStatus(look, verdict);
    if (verdict || result) return result;
    const deadline = job.spec?.activeDeadlineSeconds;
    return deadline === undefined || startTime === undefined ? undefined : { after: Math.max(1, Date.parse(startTime) + deadline * 1000 - now) };
  }

  /** Makes or removes Pods so that as many run as may; returns when to look again. */
  async #manage(look: Look): Promise<ReconcileResult> {
    const { job, counts, now } = look;
    const active = look.pods.filter(isActive);
    if (job.spec?.suspend === true) {
      await this.#remove(look, active);
      return undefined;
    }
    // A number that has been given up, or has succeeded, needs its Pod no more.
    const idle = active.filter((pod) => isDone(indexOf(pod), counts));
    await this.#remove(look, idle);
    const busy = active.filter((pod) => !idle.includes(pod));
    const { parallelism = 1, completions } = job.spec ?? {};
    const left = completions === undefined ? (counts.succeeded > 0 ? busy.length : parallelism) : completions - counts.succeeded - counts.failedIndexes.size;
    const wanted = Math.max(0, Math.min(parallelism, left));
    if (busy.length > wanted) await this.#remove(look, busy.slice(wanted));
    const going = look.pods.filter((pod) => isTerminating(pod) && !isFinished(pod));
    const waitsFor = job.spec?.podReplacementPolicy === 'Failed' ? going : [];
    const missing = wanted - busy.length - waitsFor.length;
    if (missing <= 0) return undefined;
    if (job.spec?.completionMode === 'Indexed') return this.#createNumbered(look, missing, [...busy, ...waitsFor]);
    const wait = backoff(failedPods(look.pods), counts.failed, now);
    if (wait > 0) return { after: wait };
    await this.#create(look, Array.from({ length: missing }, () => podFromTemplate(job.spec?.template, jobs, job)));
    return undefined;
  }

  /** Pods for the lowest free numbers. Where numbers have limits of their own, each also waits for itself. */
  async #createNumbered(look: Look, missing: number, present: readonly corev1.Pod[]): Promise<ReconcileResult> {
    const { job, counts, now } = look;
    const used = new Set(present.flatMap((pod) => indexOf(pod) ?? []));
    const free = Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index).filter((index) => !used.has(index) && !isDone(index, counts));
    const failed = failedPods(look.pods);
    const waits = free.slice(0, missing).map((index) => {
      const alone = job.spec?.backoffLimitPerIndex !== undefined;
      return { index, wait: alone ? backoff(failed.filter((pod) => indexOf(pod) === index), counts.indexFailures.get(index) ?? 0, now) : backoff(failed, counts.failed, now) };
    });
    const ready = waits.filter(({ wait }) => wait <= 0).map(({ index }) => index);
    const made = ready.map((index) => {
      const pod = podFromTemplate(job.spec?.template, jobs, job);
      number(pod, job.metadata.name ?? '', index);
      if (job.spec?.backoffLimitPerIndex !== undefined) noteFailures(pod, counts.indexFailures.get(index) ?? 0);
      return pod;
    });
    await this.#create(look, made);
    const later = waits.filter(({ wait }) => wait > 0).map(({ wait }) => wait);
    return later.length > 0 ? { after: Math.min(...later) } : undefined;
  }

  async #create({ key, job }: Look, made: readonly ReturnType<typeof podFromTemplate>[]): Promise<void> {
    this.expectations.expectCreations(key, made.length);
    const { error, skipped } = await slowStart(made.length, async (i) => {
      const pod = made[i];
      if (!pod) return;
      try {
        await this.#control.create(job, pod);
      } catch (failure) {
        this.expectations.creationObserved(key);
        throw failure;
      }
    });
    for (let i = 0; i < skipped; i++) this.expectations.creationObserved(key);
    if (error !== undefined) throw asError(error);
  }

  async #remove({ key, job }: Look, gone: readonly corev1.Pod[]): Promise<void> {
    await Promise.all(
      gone.map(async (pod) => {
        const { uid = '' } = pod.metadata;
        this.expectations.expectDeletion(key, uid);
        try {
          await this.#control.delete(job, pod);
        } catch (failure) {
          this.expectations.deletionObserved(key, uid);
          throw failure;
        }
      }),
    );
  }

  async #writeStatus(look: Look, verdict: Verdict | undefined): Promise<void> {
    const { job, pods: own, counts, startTime, now } = look;
    // A Job has ended once its last Pod has; until then only its outcome is known.
    const ended = verdict !== undefined && own.every((pod) => isFinished(pod));
    const indexed = job.spec?.completionMode === 'Indexed';
    await writeStatus(this.#context.client, jobs, job, {
      ...job.status,
      startTime,
      active: (verdict ? 0 : counts.active) || undefined,
      ready: own.filter((pod) => isActive(pod) && isReady(pod)).length,
      terminating: own.filter((pod) => isTerminating(pod) && !isFinished(pod)).length,
      succeeded: counts.succeeded || undefined,
      failed: counts.failed || undefined,
      uncountedTerminatedPods: {},
      completedIndexes: indexed && counts.indexes.size > 0 ? formatIndexes(counts.indexes) : undefined,
      failedIndexes: job.spec?.backoffLimitPerIndex === undefined ? undefined : formatIndexes(counts.failedIndexes),
      completionTime: ended && verdict.type === 'Complete' ? timestamp(now) : undefined,
      conditions: this.#conditions(look, verdict, ended),
    });
    if (ended) this.#recorder.event(involved(jobs, job), verdict.type === 'Complete' ? 'Normal' : 'Warning', ...eventOf(verdict));
  }

  #conditions({ job, now }: Look, verdict: Verdict | undefined, ended: boolean): batchv1.JobStatus['conditions'] {
    let { conditions } = job.status ?? {};
    const suspended = job.spec?.suspend === true;
    if (suspended !== (findCondition(conditions, 'Suspended')?.status === 'True')) {
      const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
      conditions = withCondition<batchv1.JobCondition>(conditions, { type: 'Suspended', status: suspended ? 'True' : 'False', reason, message, lastProbeTime: timestamp(now) }, timestamp(now));
      this.#recorder.event(involved(jobs, job), 'Normal', suspended ? 'Suspended' : 'Resumed', message);
    }
    if (!verdict) return conditions;
    for (const type of [interimType[verdict.type], ...(ended ? [verdict.type] : [])]) {
      conditions = withCondition<batchv1.JobCondition>(conditions, { type, status: 'True', reason: verdict.reason, message: verdict.message, lastProbeTime: timestamp(now) }, timestamp(now));
    }
    return conditions;
  }
}

const eventOf = ({ type, reason, message }: Verdict): [string, string] => (type === 'Complete' ? ['Completed', 'Job completed'] : [reason, message]);
const isDone = (index: number | undefined, { indexes, failedIndexes }: Counts): boolean => index !== undefined && (indexes.has(index) || failedIndexes.has(index));
const failedPods = (own: readonly corev1.Pod[]): corev1.Pod[] => own.filter(({ status }) => status?.phase === 'Failed');
const isEnded = ({ status }: Job): boolean => (status?.conditions ?? []).some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
