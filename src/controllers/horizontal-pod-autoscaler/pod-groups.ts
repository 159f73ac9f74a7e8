/**
 * Which Pods' figures may be trusted: those of Pods that are starting, or are not measured, say little of what one more would do.
 * Upstream: pkg/controller/podautoscaler/replica_calculator.go (groupPods)
 */
import { podCondition } from '../../resources/core/pod-conditions.ts';
import { isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { PodMetric } from './metrics-client.ts';

/** ms after its start in which a Pod's CPU is that of starting up. */
const cpuInitialization = 300_000;
/** ms after its start in which a Pod may become unready and still count as never having been ready. */
const initialReadiness = 30_000;

export interface PodGroups {
  readonly ready: number;
  /** Names. */
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

export function groupPods(pods: readonly corev1.Pod[], metrics: ReadonlyMap<string, PodMetric>, resource: string | undefined, now: number): PodGroups {
  const groups = { ready: 0, unready: new Set<string>(), missing: new Set<string>(), ignored: new Set<string>() };
  for (const pod of pods) {
    const name = pod.metadata.name ?? '';
    const metric = metrics.get(name);
    if (isTerminating(pod) || pod.status?.phase === 'Failed') groups.ignored.add(name);
    else if (pod.status?.phase === 'Pending') groups.unready.add(name);
    else if (!metric) groups.missing.add(name);
    else if (resource === 'cpu' && isStarting(pod, metric, now)) groups.unready.add(name);
    else groups.ready++;
  }
  return groups;
}

function isStarting(pod: corev1.Pod, metric: PodMetric, now: number): boolean {
  const condition = podCondition(pod, 'Ready');
  if (!condition || pod.status?.startTime === undefined) return true;
  const started = Date.parse(pod.status.startTime);
  const changed = Date.parse(condition.lastTransitionTime ?? pod.status.startTime);
  if (started + cpuInitialization > now) return condition.status === 'False' || metric.timestamp < changed + metric.window;
  return condition.status === 'False' && started + initialReadiness > changed;
}
