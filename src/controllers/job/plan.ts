/**
 * Which Pods a Job should make and which it has too many of: a pure function of the Job and its Pods.
 * Upstream: pkg/controller/job/job_controller.go (manageJob), indexed_job_utils.go
 */
import { isActive, isFinished, isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { surplusPods } from '../runtime/surplus.ts';
import { backoff, indexBackoff } from './backoff.ts';
import type { Counts } from './counts.ts';
import { indexOf } from './indexes.ts';

export interface JobPlan {
  readonly remove: readonly corev1.Pod[];
  /** One entry a Pod to make: its number, or undefined where Pods have none. */
  readonly create: readonly (number | undefined)[];
  /** When there may be more to make, ms from now. */
  readonly after: number | undefined;
}

const nothing: JobPlan = { remove: [], create: [], after: undefined };

export function planJob(job: batchv1.Job, pods: readonly corev1.Pod[], counts: Counts, now: number): JobPlan {
  const active = pods.filter(isActive);
  if (job.spec?.suspend === true) return { ...nothing, remove: active };
  const idle = job.spec?.completionMode === 'Indexed' ? withoutUse(job, active, counts) : [];
  const busy = active.filter((pod) => !idle.includes(pod));
  const wanted = wantedPods(job, busy.length, counts);
  if (busy.length > wanted) return { ...nothing, remove: [...idle, ...surplusPods(busy, busy, busy.length - wanted)] };
  // Pods that are still stopping hold their place where only Pods that have stopped are replaced.
  const going = job.spec?.podReplacementPolicy === 'Failed' ? pods.filter((pod) => isTerminating(pod) && !isFinished(pod)) : [];
  const missing = wanted - busy.length - going.length;
  if (missing <= 0) return { ...nothing, remove: idle };
  if (job.spec?.completionMode === 'Indexed') return { remove: idle, ...numbersToMake(job, pods, counts, { missing, present: [...busy, ...going], now }) };
  const wait = backoff(job, pods, now);
  return wait > 0 ? { remove: idle, create: [], after: wait } : { remove: idle, create: Array.from({ length: missing }, () => undefined), after: undefined };
}

function wantedPods({ spec }: batchv1.Job, busy: number, counts: Counts): number {
  const { parallelism = 1, completions } = spec ?? {};
  // Without a number of completions, one success is the sign that the others are about to end too.
  const left = completions === undefined ? (counts.succeeded > 0 ? busy : parallelism) : completions - counts.succeeded - counts.failedIndexes.size;
  return Math.max(0, Math.min(parallelism, left));
}

const isDone = (index: number, { indexes, failedIndexes }: Counts): boolean => indexes.has(index) || failedIndexes.has(index);

/** Pods whose number is done, out of range, or already another Pod's. */
function withoutUse({ spec }: batchv1.Job, active: readonly corev1.Pod[], counts: Counts): corev1.Pod[] {
  const byIndex = new Map<number | undefined, corev1.Pod[]>();
  for (const pod of active) byIndex.set(indexOf(pod), [...(byIndex.get(indexOf(pod)) ?? []), pod]);
  return [...byIndex].flatMap(([index, same]) => {
    if (index === undefined || index >= (spec?.completions ?? 0) || isDone(index, counts)) return same;
    return surplusPods(same, same, same.length - 1);
  });
}

interface Room {
  readonly missing: number;
  /** Pods whose numbers are taken. */
  readonly present: readonly corev1.Pod[];
  readonly now: number;
}

/** The lowest free numbers. Where numbers have limits of their own, each also waits for itself. */
function numbersToMake(job: batchv1.Job, pods: readonly corev1.Pod[], counts: Counts, { missing, present, now }: Room): Omit<JobPlan, 'remove'> {
  const taken = new Set(present.map(indexOf));
  const free = Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index).filter((index) => !taken.has(index) && !isDone(index, counts));
  const alone = job.spec?.backoffLimitPerIndex !== undefined;
  const common = alone ? 0 : backoff(job, pods, now);
  if (common > 0) return { create: [], after: common };
  const waits = free.map((index) => ({ index, wait: alone ? indexBackoff(job, pods.filter((pod) => indexOf(pod) === index), counts.indexFailures.get(index) ?? 0, now) : 0 }));
  const create = waits.filter(({ wait }) => wait <= 0).slice(0, missing).map(({ index }) => index);
  const later = waits.map(({ wait }) => wait).filter((wait) => wait > 0);
  return { create, after: create.length < missing && later.length > 0 ? Math.min(...later) : undefined };
}
