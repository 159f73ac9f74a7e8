/**
 * Runs Jobs: Pods until enough have succeeded, or too many failed, or time is up.
 * Upstream: pkg/controller/job/job_controller.go
 */
import { asError } from '../../base/errors.ts';
import { timestamp } from '../../base/clock.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { controllerOf, objectKey } from '../../apimachinery/object.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { jobs } from '../../resources/batch/job.ts';
import { isActive, isFinished } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { claim } from '../runtime/claim.ts';
import { findCondition } from '../runtime/conditions.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { Expectations, givenUpAfter } from '../runtime/expectations.ts';
import { controlledBy, indexByController, involved } from '../runtime/owners.ts';
import { isNamespaceGoing, PodControl, podFromTemplate } from '../runtime/pod-control.ts';
import { slowStart } from '../runtime/slow-start.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { countPods } from './counts.ts';
import { noteFailures, number } from './indexes.ts';
import { planJob } from './plan.ts';
import { countNow, settledStatus, statusOf, type Look } from './status.ts';
import { PodTracking, trackingFinalizer } from './tracking.ts';
import { interimType, verdictOf, type Verdict } from './verdict.ts';

const component = 'job-controller';
/** Jobs of another manager are left alone. */
const ownName = 'kubernetes.io/job-controller';
/** Before the key of a Pod that may have to be let go because no Job counts it. */
const strayPrefix = 'pod:';

type Job = batchv1.Job;

export const jobController: ControllerFactory = (context) => {
  const all = new Jobs(context);
  const controller = new Controller(context, { name: component, reconcile: (key) => (key.startsWith(strayPrefix) ? all.letGoStray(key.slice(strayPrefix.length)) : all.reconcile(key)) });
  controller.watch(all.jobs);
  watchDependents({ controller, dependents: all.pods, owners: all.jobs, selectorOf: ({ spec }) => selectorOf(spec?.selector), expectations: all.expectations });
  const lookAt = (pod: corev1.Pod): void => {
    if (all.isStray(pod)) controller.queue.add(strayPrefix + objectKey(pod));
  };
  all.pods.addHandler({ added: lookAt, updated: lookAt });
  all.jobs.addHandler({ deleted: (job) => controlledBy(all.pods, job.metadata.uid).forEach(lookAt) });
  return running(controller);
};

class Jobs {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<corev1.Pod>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #control: PodControl<Job>;
  readonly #tracking: PodTracking;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.jobs = context.informers.of(jobs);
    this.pods = indexByController(context.informers.of(pods));
    this.expectations = new Expectations(context.clock);
    this.#tracking = new PodTracking(context.client, this.pods);
    this.#recorder = context.recorder(component);
    this.#control = new PodControl(context.client, this.#recorder, jobs);
  }

  /** Whether a Pod waits to be counted by a Job that is not there, or that counts no more. */
  isStray(pod: corev1.Pod): boolean {
    if (!this.#tracking.isTracked(pod)) return false;
    const owner = controllerOf(pod);
    const job = owner?.kind === 'Job' ? this.jobs.get(`${pod.metadata.namespace ?? ''}/${owner.name}`) : undefined;
    return job === undefined || job.metadata.uid !== owner?.uid || (isOurs(job) && isEnded(job));
  }

  async letGoStray(key: string): Promise<undefined> {
    const pod = this.pods.get(key);
    if (pod && this.isStray(pod)) await this.#tracking.letGo(pod);
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const { client, clock } = this.#context;
    const job = this.jobs.get(key);
    if (!job) {
      this.expectations.forget(key);
      return undefined;
    }
    if (!isOurs(job)) return undefined;
    if (job.metadata.deletionTimestamp !== undefined || isEnded(job)) return this.#letGoAll(controlledBy(this.pods, job.metadata.uid));
    if (!this.expectations.satisfied(key)) return { after: givenUpAfter };
    const own = await claim({ client, ownerKind: jobs, owner: job, selector: selectorOf(job.spec?.selector), informer: this.pods, finalizer: trackingFinalizer });
    const now = clock.now();
    const suspended = job.spec?.suspend === true;
    const startTime = suspended ? undefined : (job.status?.startTime ?? timestamp(now));
    const counts = countPods(job, own, (pod) => this.#tracking.isTracked(pod));
    const verdict = suspended ? undefined : verdictOf(job, counts, startTime, now);
    const look: Look = { key, job, pods: own, counts, startTime, verdict, now };
    const { after, error } = await this.#manage(look);
    await this.#account(look);
    if (error !== undefined && !isNamespaceGoing(error)) throw error;
    if (verdict) return undefined;
    const deadline = job.spec?.activeDeadlineSeconds;
    const untilDeadline = deadline === undefined || startTime === undefined ? Infinity : Math.max(1, Date.parse(startTime) + deadline * 1000 - now);
    const wait = Math.min(after ?? Infinity, untilDeadline);
    return wait === Infinity ? undefined : { after: wait };
  }

  /** Makes or removes Pods so that as many run as may. */
  async #manage(look: Look): Promise<{ readonly after?: number | undefined; readonly error?: Error | undefined }> {
    const { job, pods: own, counts, now } = look;
    try {
      if (look.verdict) {
        await this.#remove(look, own.filter(isActive));
        return {};
      }
      const plan = planJob(job, own, counts, now);
      // What the Job itself gives up has not failed: it is let go before it is deleted.
      await this.#letGoAll(plan.remove);
      await this.#remove(look, plan.remove);
      const { after } = plan;
      return { after, error: await this.#create(look, plan.create) };
    } catch (error) {
      return { error: asError(error) };
    }
  }

  async #create({ key, job, counts }: Look, numbers: readonly (number | undefined)[]): Promise<Error | undefined> {
    if (numbers.length === 0) return undefined;
    this.expectations.expectCreations(key, numbers.length);
    const { error, skipped } = await slowStart(numbers.length, async (i) => {
      const pod = podFromTemplate(job.spec?.template, jobs, job);
      pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer];
      const index = numbers[i];
      if (index !== undefined) {
        number(pod, job.metadata.name ?? '', index);
        if (job.spec?.backoffLimitPerIndex !== undefined) noteFailures(pod, counts.indexFailures.get(index) ?? 0);
      }
      try {
        await this.#control.create(job, pod);
      } catch (failure) {
        this.expectations.creationObserved(key);
        throw failure;
      }
    });
    for (let i = 0; i < skipped; i++) this.expectations.creationObserved(key);
    return error;
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

  async #letGoAll(all: readonly corev1.Pod[]): Promise<undefined> {
    await Promise.all(all.map((pod) => this.#tracking.letGo(pod)));
  }

  /** Counts Pods: named in the status first, then let go, then in its numbers. */
  async #account(look: Look): Promise<void> {
    const { job, verdict, pods: own } = look;
    const { client } = this.#context;
    const { letGo, uncounted } = countNow(look, (pod) => this.#tracking.isTracked(pod));
    const status = statusOf(look, uncounted);
    const named = uncounted.succeeded.size + uncounted.failed.size + letGo.length > 0 ? await writeStatus(client, jobs, job, status) : job;
    await this.#letGoAll(letGo);
    // A Job has ended once its last Pod has; until then only its outcome is known.
    const ended = verdict !== undefined && own.every(isFinished) && !own.some((pod) => this.#tracking.isTracked(pod));
    await writeStatus(client, jobs, named, settledStatus(look, status, ended));
    this.#tell(job, ended ? verdict : undefined);
    if (verdict?.reason === 'CompletionsReached' && findCondition(job.status?.conditions, interimType.Complete) === undefined) this.#tellOfTooMany(look);
  }

  #tellOfTooMany({ job, counts }: Look): void {
    const { completions } = job.spec ?? {};
    if (completions === undefined) return;
    if (counts.active > 0) this.#recorder.event(involved(jobs, job), 'Warning', 'TooManyActivePods', 'Too many active pods running after completion count reached');
    if (counts.succeeded > completions) this.#recorder.event(involved(jobs, job), 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
  }

  #tell(job: Job, verdict: Verdict | undefined): void {
    const suspended = job.spec?.suspend === true;
    if (suspended !== (findCondition(job.status?.conditions, 'Suspended')?.status === 'True')) {
      this.#recorder.event(involved(jobs, job), 'Normal', suspended ? 'Suspended' : 'Resumed', suspended ? 'Job suspended' : 'Job resumed');
    }
    if (verdict?.type === 'Complete') this.#recorder.event(involved(jobs, job), 'Normal', 'Completed', 'Job completed');
    else if (verdict) this.#recorder.event(involved(jobs, job), 'Warning', verdict.reason, verdict.message);
  }
}

const isOurs = ({ spec }: Job): boolean => (spec?.managedBy ?? ownName) === ownName;
const isEnded = ({ status }: Job): boolean => (status?.conditions ?? []).some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
