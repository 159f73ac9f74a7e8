/**
 * Runs Jobs: Pods until enough have succeeded, or too many failed, or time is up.
 * Out of scope yet: Pod failure and success policies, back-off limits of single indexes, counting by finalizer (a finished Pod that
 * is deleted stays counted because counts never go down).
 * Upstream: pkg/controller/job/job_controller.go
 */
import { timestamp } from '../../base/clock.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { objectKey } from '../../apimachinery/object.ts';
import { jobs } from '../../resources/batch/job.ts';
import { isActive, isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { claim } from '../runtime/claim.ts';
import { findCondition, withCondition } from '../runtime/conditions.ts';
import { Controller, running, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { Expectations } from '../runtime/expectations.ts';
import { indexByController, involved } from '../runtime/owners.ts';
import { PodControl, podFromTemplate } from '../runtime/pod-control.ts';
import { slowStart } from '../runtime/slow-start.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { formatIndexes, indexOf, number, parseIndexes } from './indexes.ts';
import { verdictOf, type Counts } from './verdict.ts';

const firstBackoff = 10_000;
const longestBackoff = 600_000;

export const jobController: ControllerFactory = (context) => {
  const { client, clock, informers } = context;
  const jobInformer = informers.of(jobs);
  const podInformer = indexByController(informers.of(pods));
  const expectations = new Expectations(clock);
  const recorder = context.recorder('job-controller');
  const control = new PodControl(client, recorder, jobs);

  async function create(job: batchv1.Job, count: number, free: readonly number[]): Promise<void> {
    const key = objectKey(job);
    const indexed = job.spec?.completionMode === 'Indexed';
    const wanted = indexed ? Math.min(count, free.length) : count;
    expectations.expectCreations(key, wanted);
    const { error, skipped } = await slowStart(wanted, async (i) => {
      const pod = podFromTemplate(job.spec?.template, jobs, job);
      if (indexed) number(pod, job.metadata.name ?? '', free[i] ?? 0);
      try {
        await control.create(job, pod);
      } catch (failure) {
        expectations.creationObserved(key);
        throw failure;
      }
    });
    for (let i = 0; i < skipped; i++) expectations.creationObserved(key);
    if (error !== undefined) throw error;
  }

  async function remove(job: batchv1.Job, gone: readonly corev1.Pod[]): Promise<void> {
    for (const pod of gone) expectations.expectDeletion(objectKey(job), pod.metadata.uid ?? '');
    await Promise.all(gone.map((pod) => control.delete(job, pod)));
  }

  /** Makes or removes Pods so that as many run as may; returns when to look again. */
  async function manage(job: batchv1.Job, all: readonly corev1.Pod[], counts: Counts): Promise<ReconcileResult> {
    const active = all.filter(isActive);
    if (job.spec?.suspend === true) {
      await remove(job, active);
      return undefined;
    }
    const { parallelism = 1, completions } = job.spec ?? {};
    const left = completions === undefined ? (counts.succeeded > 0 ? active.length : parallelism) : completions - counts.succeeded;
    const wanted = Math.max(0, Math.min(parallelism, left));
    if (active.length > wanted) await remove(job, active.slice(wanted));
    const going = all.filter((pod) => isTerminating(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed').length;
    const missing = wanted - active.length - (job.spec?.podReplacementPolicy === 'Failed' ? going : 0);
    if (missing <= 0) return undefined;
    const wait = backoff(all, counts.failed, clock.now());
    if (wait > 0) return { after: wait };
    const used = new Set([...counts.indexes, ...active.flatMap((pod) => indexOf(pod) ?? [])]);
    await create(job, missing, Array.from({ length: completions ?? 0 }, (_, i) => i).filter((i) => !used.has(i)));
    return undefined;
  }

  const controller = new Controller(context, {
    name: 'job-controller',
    async reconcile(key) {
      const job = jobInformer.get(key);
      if (!job) {
        expectations.forget(key);
        return undefined;
      }
      if (job.metadata.deletionTimestamp !== undefined || isEnded(job) || job.spec?.managedBy !== undefined) return undefined;
      if (!expectations.satisfied(key)) return undefined;
      const all = await claim({ client, ownerKind: jobs, owner: job, selector: selectorOf(job.spec?.selector), informer: podInformer });
      const now = clock.now();
      const counts = countPods(job, all);
      const suspended = job.spec?.suspend === true;
      const startTime = suspended ? undefined : (job.status?.startTime ?? timestamp(now));
      const verdict = suspended ? undefined : verdictOf(job, counts, startTime, now);
      const result = verdict ? undefined : await manage(job, all, counts);
      if (verdict) await remove(job, all.filter(isActive));
      const ended = verdict !== undefined;
      let conditions = job.status?.conditions;
      const was = findCondition(conditions, 'Suspended')?.status === 'True';
      if (suspended !== was) {
        const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
        conditions = withCondition(conditions, { type: 'Suspended', status: suspended ? 'True' : 'False', reason, message }, timestamp(now));
        recorder.event(involved(jobs, job), 'Normal', suspended ? 'Suspended' : 'Resumed', message);
      }
      for (const condition of verdict?.conditions ?? []) conditions = withCondition(conditions, { ...condition, lastProbeTime: timestamp(now) }, timestamp(now));
      const active = ended ? 0 : all.filter(isActive).length;
      await writeStatus(client, jobs, job, {
        ...job.status,
        startTime,
        active: active || undefined,
        ready: all.filter((pod) => isActive(pod) && isReady(pod)).length,
        terminating: all.filter(isTerminating).length,
        succeeded: counts.succeeded || undefined,
        failed: counts.failed || undefined,
        uncountedTerminatedPods: {},
        completedIndexes: job.spec?.completionMode === 'Indexed' && counts.indexes.size > 0 ? formatIndexes(counts.indexes) : undefined,
        completionTime: verdict?.type === 'Complete' ? timestamp(now) : undefined,
        conditions,
      });
      if (verdict) recorder.event(involved(jobs, job), verdict.type === 'Complete' ? 'Normal' : 'Warning', verdict.event.reason, verdict.event.message);
      if (ended || result) return result;
      const deadline = job.spec?.activeDeadlineSeconds;
      return deadline === undefined || startTime === undefined ? undefined : { after: Math.max(1, Date.parse(startTime) + deadline * 1000 - now) };
    },
  });
  controller.watch(jobInformer);
  watchDependents({ controller, dependents: podInformer, owners: jobInformer, selectorOf: ({ spec }) => selectorOf(spec?.selector), expectations });
  return running(controller);
};

const isEnded = ({ status }: batchv1.Job): boolean => (status?.conditions ?? []).some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');

function countPods(job: batchv1.Job, all: readonly corev1.Pod[]): Counts {
  const succeeded = all.filter(({ status }) => status?.phase === 'Succeeded');
  const indexed = job.spec?.completionMode === 'Indexed';
  const indexes = new Set([...parseIndexes(job.status?.completedIndexes), ...(indexed ? succeeded.flatMap((pod) => indexOf(pod) ?? []) : [])]);
  const restarts = all.reduce((sum, { status }) => sum + (status?.containerStatuses ?? []).reduce((most, { restartCount }) => most + restartCount, 0), 0);
  return {
    succeeded: indexed ? indexes.size : Math.max(job.status?.succeeded ?? 0, succeeded.length),
    failed: Math.max(job.status?.failed ?? 0, all.filter(({ status }) => status?.phase === 'Failed').length),
    restarts: job.spec?.template?.spec?.restartPolicy === 'OnFailure' ? restarts : 0,
    active: all.filter(isActive).length,
    indexes,
  };
}

/** How long to wait before another try: 10 s after a first failure, doubling. */
function backoff(all: readonly corev1.Pod[], failures: number, now: number): number {
  if (failures === 0) return 0;
  const ends = all.filter(({ status }) => status?.phase === 'Failed').map(endOf);
  const last = Math.max(0, ...ends);
  return last === 0 ? 0 : last + Math.min(longestBackoff, firstBackoff * 2 ** (failures - 1)) - now;
}

function endOf(pod: corev1.Pod): number {
  const times = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => (state?.terminated?.finishedAt === undefined ? [] : [Date.parse(state.terminated.finishedAt)]));
  return times.length > 0 ? Math.max(...times) : Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z');
}
