/**
 * What has become of a Job's Pods: the numbers of its status, and the Pods that these do not have yet.
 * Upstream: pkg/controller/job/job_controller.go (getNewFinishedPods), backoff_utils.go
 */
import { isActive } from '../../resources/core/pod-readiness.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { rulingOn } from './failure-policy.ts';
import { failuresBefore, indexOf, parseIndexes } from './indexes.ts';
import { hasFailed, uncountedOf, type Uncounted } from './tracking.ts';

export interface Counts {
  readonly succeeded: number;
  readonly failed: number;
  /** Container restarts, where Pods restart their containers themselves. */
  readonly restarts: number;
  readonly active: number;
  /** Numbers that have succeeded, and those given up. */
  readonly indexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** How often each number has failed so far. */
  readonly indexFailures: ReadonlyMap<number, number>;
  /** Why the failure policy ends the Job, if it does. */
  readonly fatal: string | undefined;
  /** Named in the status but not in its numbers. */
  readonly uncounted: Uncounted;
  /** Finished Pods that still wait to be counted. */
  readonly fresh: Fresh;
}

export interface Fresh {
  readonly succeeded: readonly corev1.Pod[];
  readonly failed: readonly corev1.Pod[];
  /** Failures that the policy does not count. */
  readonly ignored: readonly corev1.Pod[];
}

/** `isTracked`: whether a Pod has not been let go. */
export function countPods(job: batchv1.Job, all: readonly corev1.Pod[], isTracked: (pod: corev1.Pod) => boolean): Counts {
  const uncounted = uncountedOf(job);
  const isNamed = ({ metadata: { uid = '' } }: corev1.Pod): boolean => uncounted.succeeded.has(uid) || uncounted.failed.has(uid);
  const tracked = all.filter((pod) => isTracked(pod) && !isNamed(pod));
  const indexed = job.spec?.completionMode === 'Indexed';
  const before = parseIndexes(job.status?.completedIndexes);
  const succeeded = tracked.filter((pod) => pod.status?.phase === 'Succeeded' && (!indexed || isInRange(job, pod)));
  const indexes = new Set([...before, ...(indexed ? succeeded.flatMap((pod) => indexOf(pod) ?? []) : [])]);
  const failed = tracked.filter((pod) => hasFailed(pod, job) && (!indexed || isInRange(job, pod))).map((pod) => ({ pod, ruling: rulingOn(job, pod) }));
  const counting = failed.filter(({ ruling }) => ruling.action !== 'Ignore');
  return {
    succeeded: indexed ? indexes.size : (job.status?.succeeded ?? 0) + uncounted.succeeded.size + succeeded.length,
    failed: (job.status?.failed ?? 0) + uncounted.failed.size + counting.length,
    restarts: restartsOf(job, all),
    active: all.filter(isActive).length,
    indexes,
    ...countIndexes(job, all, indexes),
    fatal: failed.find(({ ruling }) => ruling.action === 'FailJob')?.ruling.message,
    uncounted,
    fresh: { succeeded, failed: counting.map(({ pod }) => pod), ignored: failed.filter(({ ruling }) => ruling.action === 'Ignore').map(({ pod }) => pod) },
  };
}

function isInRange(job: batchv1.Job, pod: corev1.Pod): boolean {
  const index = indexOf(pod);
  return index !== undefined && index < (job.spec?.completions ?? 0);
}

function restartsOf(job: batchv1.Job, all: readonly corev1.Pod[]): number {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return 0;
  const running = all.filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending');
  return running.reduce((sum, { status }) => sum + [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].reduce((total, { restartCount }) => total + restartCount, 0), 0);
}

function countIndexes(job: batchv1.Job, all: readonly corev1.Pod[], succeeded: ReadonlySet<number>): Pick<Counts, 'failedIndexes' | 'indexFailures'> {
  const limit = job.spec?.backoffLimitPerIndex;
  const failedIndexes = parseIndexes(job.status?.failedIndexes);
  const indexFailures = new Map<number, number>();
  if (limit === undefined) return { failedIndexes, indexFailures };
  for (const pod of all.filter((one) => hasFailed(one, job))) {
    const index = indexOf(pod);
    const { action } = rulingOn(job, pod);
    if (index === undefined || action === 'Ignore') continue;
    const failures = Math.max(indexFailures.get(index) ?? 0, failuresBefore(pod) + 1);
    indexFailures.set(index, failures);
    if ((failures > limit || action === 'FailIndex') && !succeeded.has(index)) failedIndexes.add(index);
  }
  return { failedIndexes, indexFailures };
}
