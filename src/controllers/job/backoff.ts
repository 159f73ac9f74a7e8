/** How long a Job waits before it tries again: 10 s after a first failure, doubling, anew after a success. Upstream: pkg/controller/job/backoff_utils.go */
import { podCondition } from '../../resources/core/pod-conditions.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { hasFailed } from './tracking.ts';

const firstBackoff = 10_000;
const longestBackoff = 600_000;

/** ms from now until a Job may try again, by the Pods it has; zero or less: at once. */
export function backoff(job: batchv1.Job, all: readonly corev1.Pod[], now: number): number {
  const lastSuccess = Math.max(0, ...all.filter(({ status }) => status?.phase === 'Succeeded').map(endOf));
  const failures = all.filter((pod) => hasFailed(pod, job)).map(endOf).filter((at) => at > lastSuccess);
  return waitAfter(Math.max(0, ...failures), failures.length, now);
}

/** The same of one number, which has failed so often. */
export function indexBackoff(job: batchv1.Job, all: readonly corev1.Pod[], failures: number, now: number): number {
  return waitAfter(Math.max(0, ...all.filter((pod) => hasFailed(pod, job)).map(endOf)), failures, now);
}

const waitAfter = (last: number, failures: number, now: number): number => (failures === 0 || last === 0 ? 0 : last + Math.min(longestBackoff, firstBackoff * 2 ** (failures - 1)) - now);

/** When a Pod ended, in ms: with its last container, else when it was no longer ready, else when its deletion began. */
function endOf(pod: corev1.Pod): number {
  const times = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => (state?.terminated?.finishedAt === undefined ? [] : [Date.parse(state.terminated.finishedAt)]));
  if (times.length > 0) return Math.max(...times);
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) return Date.parse(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp = '1970-01-01T00:00:00Z' } = pod.metadata;
  return deletionTimestamp === undefined ? Date.parse(creationTimestamp) : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
}
