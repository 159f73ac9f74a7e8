/**
 * What a StatefulSet should do next: a pure function of the set, its Pods and its revisions.
 *
 * In order (OrderedReady), one thing at a time: a Pod is made once all before it are available, and deleted once all after it are
 * gone. In parallel, everything at once. Pods of an old template are replaced from the highest ordinal down to the partition.
 * Upstream: pkg/controller/statefulset/stateful_set_control.go
 */
import { isAvailable, isFinished, isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import { scaledValue } from '../../resources/int-or-percent.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { nameOf, ordinalOf, ordinalRange, revisionNameOf } from './identity.ts';

export interface SetFacts {
  readonly set: appsv1.StatefulSet;
  /** Of the set, by any ordinal. */
  readonly pods: readonly corev1.Pod[];
  readonly current: appsv1.ControllerRevision;
  readonly update: appsv1.ControllerRevision;
  /** ms */
  readonly now: number;
}

export interface SetPlan {
  /** Pods to make, each of a revision. */
  readonly create: readonly { readonly ordinal: number; readonly revision: appsv1.ControllerRevision }[];
  /** Pods that ended, to be made anew. */
  readonly ended: readonly corev1.Pod[];
  /** Pods beyond the set's size. */
  readonly surplus: readonly corev1.Pod[];
  /** Pods of an old template. */
  readonly outdated: readonly corev1.Pod[];
}

const nothing: SetPlan = { create: [], ended: [], surplus: [], outdated: [] };

const isRunningAndReady = (pod: corev1.Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);
const isHealthy = (pod: corev1.Pod): boolean => isRunningAndReady(pod) && !isTerminating(pod);

export function planSet(facts: SetFacts): SetPlan {
  const { set } = facts;
  if (set.metadata.deletionTimestamp !== undefined) return nothing;
  const wanted = set.spec?.podManagementPolicy === 'Parallel' ? planParallel(facts) : planOrdered(facts);
  if (wanted.create.length + wanted.ended.length + wanted.surplus.length > 0 || wanted.wait) return { ...nothing, ...wanted };
  return { ...nothing, outdated: planUpdate(facts) };
}

interface Sizing extends Pick<SetPlan, 'create' | 'ended' | 'surplus'> {
  /** Something must happen first: no Pod is replaced now. */
  readonly wait: boolean;
}

const sizing = (over: Partial<Sizing>): Sizing => ({ create: [], ended: [], surplus: [], wait: false, ...over });

function planOrdered(facts: SetFacts): Sizing {
  const { set, now } = facts;
  const { first, end } = ordinalRange(set);
  const minReady = set.spec?.minReadySeconds ?? 0;
  const byOrdinal = podsByOrdinal(facts);
  for (let ordinal = first; ordinal < end; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) return sizing({ create: [{ ordinal, revision: revisionFor(facts, ordinal) }] });
    if (isFinished(pod) && !isTerminating(pod)) return sizing({ ended: [pod] });
    if (!isHealthy(pod) || !isAvailable(pod, minReady, now)) return sizing({ wait: true });
  }
  const [last] = surplusPods(facts);
  if (!last) return sizing({});
  // The highest goes first, whether it works or not; what is below it stays until it is gone.
  return isTerminating(last) ? sizing({ wait: true }) : sizing({ surplus: [last] });
}

function planParallel(facts: SetFacts): Sizing {
  const { first, end } = ordinalRange(facts.set);
  const byOrdinal = podsByOrdinal(facts);
  const create: SetPlan['create'][number][] = [];
  for (let ordinal = first; ordinal < end; ordinal++) if (!byOrdinal.has(ordinal)) create.push({ ordinal, revision: revisionFor(facts, ordinal) });
  const ended = [...byOrdinal.values()].filter((pod) => ordinalOf(pod) >= first && ordinalOf(pod) < end && isFinished(pod) && !isTerminating(pod));
  return sizing({ create, ended, surplus: surplusPods(facts).filter((pod) => !isTerminating(pod)) });
}

/** Old Pods to replace now: those that do not serve, and so many that do that no more than maxUnavailable are away. */
function planUpdate({ set, pods, update, now }: SetFacts): corev1.Pod[] {
  const strategy = set.spec?.updateStrategy;
  if (strategy?.type === 'OnDelete') return [];
  const { first, end } = ordinalRange(set);
  const minReady = set.spec?.minReadySeconds ?? 0;
  const members = pods.filter((pod) => ordinalOf(pod) >= first && ordinalOf(pod) < end).sort(highestFirst);
  const serves = (pod: corev1.Pod): boolean => isHealthy(pod) && isAvailable(pod, minReady, now);
  let budget = Math.max(1, scaledValue(strategy?.rollingUpdate?.maxUnavailable ?? 1, end - first, 'up')) - members.filter((pod) => !serves(pod)).length;
  const from = first + (strategy?.rollingUpdate?.partition ?? 0);
  return members.filter((pod) => {
    if (ordinalOf(pod) < from || isTerminating(pod) || revisionNameOf(pod) === nameOf(update)) return false;
    return !serves(pod) || budget-- > 0;
  });
}

/** New Pods below the partition, or not yet reached by an update, are of the current revision. */
function revisionFor({ set, current, update }: SetFacts, ordinal: number): appsv1.ControllerRevision {
  const strategy = set.spec?.updateStrategy;
  if (strategy?.type === 'OnDelete') return update;
  const { first } = ordinalRange(set);
  const kept = strategy?.rollingUpdate ? (strategy.rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  return ordinal < first + kept ? current : update;
}

function podsByOrdinal({ pods }: SetFacts): Map<number, corev1.Pod> {
  return new Map(pods.map((pod) => [ordinalOf(pod), pod]));
}

export function surplusPods({ set, pods }: Pick<SetFacts, 'set' | 'pods'>): corev1.Pod[] {
  const { first, end } = ordinalRange(set);
  return pods.filter((pod) => ordinalOf(pod) < first || ordinalOf(pod) >= end).sort(highestFirst);
}

const highestFirst = (a: corev1.Pod, b: corev1.Pod): number => ordinalOf(b) - ordinalOf(a);

export function setStatus({ set, pods, current, update, now }: SetFacts): appsv1.StatefulSetStatus {
  const minReady = set.spec?.minReadySeconds ?? 0;
  const of = (revision: appsv1.ControllerRevision): number => pods.filter((pod) => !isTerminating(pod) && revisionNameOf(pod) === nameOf(revision)).length;
  const ready = pods.filter(isRunningAndReady);
  const counts = { replicas: pods.length, ready: ready.length, available: ready.filter((pod) => isAvailable(pod, minReady, now)).length, updated: of(update) };
  const wanted = set.spec?.replicas ?? 1;
  const complete = set.spec?.updateStrategy?.type !== 'OnDelete' && counts.updated === wanted && counts.ready === wanted && counts.replicas === wanted;
  return {
    observedGeneration: set.metadata.generation,
    replicas: counts.replicas,
    readyReplicas: counts.ready || undefined,
    availableReplicas: counts.available,
    currentReplicas: (complete ? counts.updated : of(current)) || undefined,
    updatedReplicas: counts.updated || undefined,
    currentRevision: nameOf(complete ? update : current),
    updateRevision: nameOf(update),
    collisionCount: set.status?.collisionCount ?? 0,
    conditions: set.status?.conditions,
  };
}
