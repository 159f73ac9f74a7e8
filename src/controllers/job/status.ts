/**
 * The status of a Job after a look at its Pods. Upstream: pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers)
 */
import { timestamp } from '../../base/clock.ts';
import { isActive, isFinished, isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { findCondition, withCondition } from '../runtime/conditions.ts';
import type { Counts } from './counts.ts';
import { failuresBefore, formatIndexes, indexOf } from './indexes.ts';
import type { Uncounted } from './tracking.ts';
import { interimType, type Verdict } from './verdict.ts';

/** One look at a Job. */
export interface Look {
  readonly key: string;
  readonly job: batchv1.Job;
  readonly pods: readonly corev1.Pod[];
  readonly counts: Counts;
  readonly startTime: string | undefined;
  readonly verdict: Verdict | undefined;
  /** ms */
  readonly now: number;
}

/** So many Pods are named in a status at a time. */
const mostNamed = 500;

export interface Counting {
  /** Pods to let go now. */
  readonly letGo: readonly corev1.Pod[];
  /** What the status names while they are. */
  readonly uncounted: Uncounted;
}

/** Which finished Pods are counted now. `isTracked`: whether a Pod has not been let go. */
export function countNow({ job, pods, counts, verdict }: Look, isTracked: (pod: corev1.Pod) => boolean): Counting {
  const { fresh, uncounted } = counts;
  const indexed = job.spec?.completionMode === 'Indexed';
  const kept = keptForTheirCount(job, pods, counts);
  const stopped = verdict ? pods.filter((pod) => isTracked(pod) && !isFinished(pod) && !fresh.failed.includes(pod)) : [];
  // Those that a failed Job stops count as failed; after a success they are nobody's failure.
  const failed = [...fresh.failed.filter((pod) => !kept.has(pod)), ...(verdict?.type === 'Failed' ? stopped : [])];
  const named = [...fresh.succeeded, ...failed].slice(0, mostNamed);
  const add = (to: ReadonlySet<string>, more: readonly corev1.Pod[]): Set<string> => new Set([...to, ...more.filter((pod) => named.includes(pod)).map(({ metadata }) => metadata.uid ?? '')]);
  const next: Uncounted = { succeeded: indexed ? uncounted.succeeded : add(uncounted.succeeded, fresh.succeeded), failed: add(uncounted.failed, failed) };
  const isNamed = ({ metadata: { uid = '' } }: corev1.Pod): boolean => next.succeeded.has(uid) || next.failed.has(uid);
  const ofNoCount = [...fresh.ignored.filter((pod) => !kept.has(pod)), ...stopped, ...pods.filter((pod) => indexed && isFinished(pod) && !fresh.succeeded.includes(pod) && !fresh.failed.includes(pod))];
  const letGo = new Set([...named, ...pods.filter(isNamed), ...ofNoCount]);
  return { letGo: [...letGo].filter(isTracked), uncounted: next };
}

/** A number's last failed Pod stays until the next one has taken over its count of failures. */
function keptForTheirCount({ spec }: batchv1.Job, pods: readonly corev1.Pod[], counts: Counts): ReadonlySet<corev1.Pod> {
  const kept = new Map<number, corev1.Pod>();
  if (spec?.backoffLimitPerIndex === undefined) return new Set();
  const taken = new Set(pods.filter(isActive).map(indexOf));
  for (const pod of counts.fresh.failed) {
    const index = indexOf(pod);
    if (index === undefined || taken.has(index) || counts.indexes.has(index) || counts.failedIndexes.has(index)) continue;
    const other = kept.get(index);
    if (!other || failuresBefore(other) <= failuresBefore(pod)) kept.set(index, pod);
  }
  return new Set(kept.values());
}

/** The status while Pods are let go: their names beside the numbers. */
export function statusOf(look: Look, uncounted: Uncounted): batchv1.JobStatus {
  const { job, pods, counts, startTime, verdict, now } = look;
  const indexed = job.spec?.completionMode === 'Indexed';
  return {
    ...job.status,
    startTime,
    active: (verdict ? 0 : counts.active) || undefined,
    ready: verdict ? 0 : pods.filter((pod) => isActive(pod) && isReady(pod)).length,
    terminating: pods.filter((pod) => !isFinished(pod) && (isTerminating(pod) || (verdict !== undefined && isActive(pod)))).length,
    succeeded: indexed ? counts.indexes.size || undefined : job.status?.succeeded,
    uncountedTerminatedPods: { ...(uncounted.succeeded.size > 0 ? { succeeded: [...uncounted.succeeded] } : {}), ...(uncounted.failed.size > 0 ? { failed: [...uncounted.failed] } : {}) },
    completedIndexes: indexed && counts.indexes.size > 0 ? formatIndexes(counts.indexes) : undefined,
    failedIndexes: job.spec?.backoffLimitPerIndex === undefined ? undefined : formatIndexes(counts.failedIndexes),
    conditions: conditionsOf(job, verdict ? [[interimType[verdict.type], verdict]] : [], now),
  };
}

/** The status with all that it names taken into its numbers; `ended`: the last Pod is gone or has finished. */
export function settledStatus({ job, verdict, now }: Look, status: batchv1.JobStatus, ended: boolean): batchv1.JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length || undefined,
    failed: (status.failed ?? 0) + failed.length || undefined,
    uncountedTerminatedPods: {},
    ...(ended && verdict
      ? { completionTime: verdict.type === 'Complete' ? timestamp(now) : undefined, conditions: withJobCondition(status.conditions ?? conditionsOf(job, [], now), verdict.type, verdict, now) }
      : {}),
  };
}

function conditionsOf(job: batchv1.Job, more: readonly (readonly [type: string, verdict: Verdict])[], now: number): batchv1.JobStatus['conditions'] {
  let { conditions } = job.status ?? {};
  const suspended = job.spec?.suspend === true;
  if (suspended !== (findCondition(conditions, 'Suspended')?.status === 'True')) {
    const because = suspended ? { reason: 'JobSuspended', message: 'Job suspended' } : { reason: 'JobResumed', message: 'Job resumed' };
    conditions = withCondition<batchv1.JobCondition>(conditions, { type: 'Suspended', status: suspended ? 'True' : 'False', ...because, lastProbeTime: timestamp(now) }, timestamp(now));
  }
  for (const [type, verdict] of more) conditions = withJobCondition(conditions, type, verdict, now);
  return conditions;
}

function withJobCondition(conditions: batchv1.JobStatus['conditions'], type: string, { reason, message }: Verdict, now: number): batchv1.JobStatus['conditions'] {
  return withCondition<batchv1.JobCondition>(conditions, { type, status: 'True', reason, message, lastProbeTime: timestamp(now) }, timestamp(now));
}
