/** When Pods that are ready will have been so for long enough. */
import { isActive, readySince } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

/** In how many ms the next ready Pod becomes available; undefined when none is waiting for that. */
export function nextAvailability(pods: readonly corev1.Pod[], minReadySeconds: number, now: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  const waits = pods.filter(isActive).flatMap((pod) => {
    const since = readySince(pod);
    const wait = since === undefined ? 0 : since + minReadySeconds * 1000 - now;
    return wait > 0 ? [wait] : [];
  });
  return waits.length === 0 ? undefined : Math.min(...waits);
}
