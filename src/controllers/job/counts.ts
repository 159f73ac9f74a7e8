/**
 * What has become of a Job's Pods. What was counted stays counted when its Pod is removed: numbers in the status never go down.
 * Upstream: pkg/controller/job/job_controller.go, backoff_utils.go
 */
import { isActive } from '../../resources/core/pod-readiness.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { rulingOn } from './failure-policy.ts';
import { failuresBefore, indexOf, parseIndexes } from './indexes.ts';

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
}

export function countPods(job: batchv1.Job, all: readonly corev1.Pod[]): Counts {
  const succeeded = all.filter(({ status }) => status?.phase === 'Succeeded');
  const failed = all.filter(({ status }) => status?.phase === 'Failed').map((pod) => ({ pod, ruling: rulingOn(job, pod) }));
  const indexed = job.spec?.completionMode === 'Indexed';
  const indexes = new Set([...parseIndexes(job.status?.completedIndexes), ...(indexed ? succeeded.flatMap((pod) => indexOf(pod) ?? []) : [])]);
  const counting = failed.filter(({ ruling }) => ruling.action !== 'Ignore');
  const restarts = all.reduce((sum, { status }) => sum + (status?.containerStatuses ?? []).reduce((most, { restartCount }) => most + restartCount, 0), 0);
  const { failedIndexes, indexFailures } = countIndexes(job, counting, indexes);
  return {
    succeeded: indexed ? indexes.size : Math.max(job.status?.succeeded ?? 0, succeeded.length),
    failed: Math.max(job.status?.failed ?? 0, counting.length),
    restarts: job.spec?.template?.spec?.restartPolicy === 'OnFailure' ? restarts : 0,
    active: all.filter(isActive).length,
    indexes,
    failedIndexes,
    indexFailures,
    fatal: failed.find(({ ruling }) => ruling.action === 'FailJob')?.ruling.message,
  };
}

type Failed = readonly { readonly pod: corev1.Pod; readonly ruling: ReturnType<typeof rulingOn> }[];

function countIndexes(job: batchv1.Job, failed: Failed, succeeded: ReadonlySet<number>): Pick<Counts, 'failedIndexes' | 'indexFailures'> {
  const limit = job.spec?.backoffLimitPerIndex;
  const failedIndexes = parseIndexes(job.status?.failedIndexes);
  const indexFailures = new Map<number, number>();
  if (limit === undefined) return { failedIndexes, indexFailures };
  for (const { pod, ruling } of failed) {
    const index = indexOf(pod);
    if (index === undefined) continue;
    const failures = Math.max(indexFailures.get(index) ?? 0, failuresBefore(pod) + 1);
    indexFailures.set(index, failures);
    if ((failures > limit || ruling.action === 'FailIndex') && !succeeded.has(index)) failedIndexes.add(index);
  }
  return { failedIndexes, indexFailures };
}
