/** How long a Job waits before it tries again: 10 s after a first failure, doubling. Upstream: pkg/controller/job/backoff_utils.go */
import type * as corev1 from '../../resources/types/core-v1.ts';

const firstBackoff = 10_000;
const longestBackoff = 600_000;

/** ms from now; zero or less: at once. `failures`: how many there were so far. */
export function backoff(failed: readonly corev1.Pod[], failures: number, now: number): number {
  const last = Math.max(0, ...failed.map(endOf));
  return failures === 0 || last === 0 ? 0 : last + Math.min(longestBackoff, firstBackoff * 2 ** (failures - 1)) - now;
}

/** When a Pod's last container ended, in ms. */
function endOf(pod: corev1.Pod): number {
  const times = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => (state?.terminated?.finishedAt === undefined ? [] : [Date.parse(state.terminated.finishedAt)]));
  return times.length > 0 ? Math.max(...times) : Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z');
}
