/** What a DaemonSet should do now: a pure function of nodes and Pods. Upstream: pkg/controller/daemon/daemon_controller.go, update.go */
import { isAvailable, isFinished, isTerminating } from '../../resources/core/pod-readiness.ts';
import { isZero, scaledValue } from '../../resources/int-or-percent.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { revisionHashLabel } from '../runtime/history.ts';
import { placementOn } from './placement.ts';

export interface DaemonFacts {
  readonly set: appsv1.DaemonSet;
  readonly nodes: readonly corev1.Node[];
  readonly byNode: ReadonlyMap<string, readonly corev1.Pod[]>;
  readonly hash: string;
  /** ms */
  readonly now: number;
}

export interface DaemonPlan {
  /** Nodes to start a Pod on. */
  readonly create: readonly string[];
  readonly remove: readonly corev1.Pod[];
  /** Pods that ended: removed as well, with an event, failed ones not at once. */
  readonly failed: readonly corev1.Pod[];
}

const oldestFirst = (a: corev1.Pod, b: corev1.Pod): number => {
  const bound = Number(Boolean(b.spec?.nodeName)) - Number(Boolean(a.spec?.nodeName));
  if (bound !== 0) return bound;
  return (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1;
};

/** One Pod on each node that should have one, none elsewhere. A node whose Pod is still stopping has one. */
export function planPlacement(facts: DaemonFacts): DaemonPlan {
  const { set, nodes, byNode } = facts;
  const create: string[] = [];
  const remove: corev1.Pod[] = [];
  const failed: corev1.Pod[] = [];
  const known = new Set<string>();
  for (const node of nodes) {
    const name = node.metadata.name ?? '';
    known.add(name);
    const { start, stay } = placementOn(node, set.spec?.template);
    const pods = byNode.get(name) ?? [];
    if (pods.length === 0) {
      if (start) create.push(name);
      continue;
    }
    const present = pods.filter((pod) => !isTerminating(pod));
    if (!stay) {
      remove.push(...present);
      continue;
    }
    const ended = present.filter(isFinished);
    failed.push(...ended);
    const running = present.filter((pod) => !isFinished(pod)).sort(oldestFirst);
    remove.push(...(surges(set) ? surplusOfSurge(running, facts) : running.slice(1)));
  }
  for (const [name, pods] of byNode) if (name !== '' && !known.has(name)) remove.push(...pods.filter((pod) => !isTerminating(pod)));
  return { create, remove, failed };
}

const surges = ({ spec }: appsv1.DaemonSet): boolean => spec?.updateStrategy?.type === 'RollingUpdate' && !isZero(spec.updateStrategy.rollingUpdate?.maxSurge);

/** While surging a node has an old Pod beside the new one, until the new one serves or the old one no longer does. */
function surplusOfSurge(running: readonly corev1.Pod[], { set, hash, now }: DaemonFacts): readonly corev1.Pod[] {
  const [newPod, ...moreNew] = running.filter((pod) => hashOf(pod) === hash);
  const [oldPod, ...moreOld] = running.filter((pod) => hashOf(pod) !== hash);
  const minReady = set.spec?.minReadySeconds ?? 0;
  const replaced = newPod && oldPod && (!isAvailable(oldPod, minReady, now) || isAvailable(newPod, minReady, now));
  return [...moreNew, ...moreOld, ...(replaced ? [oldPod] : [])];
}

const hashOf = (pod: corev1.Pod): string | undefined => pod.metadata.labels?.[revisionHashLabel];

/** Nodes that get a Pod of the new template beside their old one: those whose old one does not serve, and so many others as maxSurge says. */
export function planSurge({ set, nodes, byNode, hash, now }: DaemonFacts): readonly string[] {
  if (!surges(set)) return [];
  const wanted = nodes.filter((node) => placementOn(node, set.spec?.template).start);
  const minReady = set.spec?.minReadySeconds ?? 0;
  let budget = scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxSurge, wanted.length, 'up');
  const broken: string[] = [];
  const serving: string[] = [];
  for (const { metadata: { name = '' } } of wanted) {
    const pods = (byNode.get(name) ?? []).filter((pod) => !isTerminating(pod));
    const oldPod = pods.find((pod) => hashOf(pod) !== hash);
    const newPod = pods.find((pod) => hashOf(pod) === hash);
    if (newPod && oldPod && !isAvailable(newPod, minReady, now)) budget--;
    if (!oldPod || newPod) continue;
    (isAvailable(oldPod, minReady, now) ? serving : broken).push(name);
  }
  return [...broken, ...serving.slice(0, Math.max(0, budget))];
}

/** Pods of an old template that may go now, so many at a time as may be missing. */
export function planUpdate({ set, nodes, byNode, hash, now }: DaemonFacts): readonly corev1.Pod[] {
  if (set.spec?.updateStrategy?.type !== 'RollingUpdate' || surges(set)) return [];
  const wanted = nodes.filter((node) => placementOn(node, set.spec?.template).start);
  const { maxUnavailable = 1 } = set.spec.updateStrategy.rollingUpdate ?? {};
  const allowed = Math.max(scaledValue(maxUnavailable, wanted.length, 'up'), wanted.length > 0 ? 1 : 0);
  const minReady = set.spec.minReadySeconds ?? 0;
  let unavailable = 0;
  const broken: corev1.Pod[] = [];
  const serving: corev1.Pod[] = [];
  for (const node of wanted) {
    const pods = byNode.get(node.metadata.name ?? '') ?? [];
    const up = pods.some((pod) => !isTerminating(pod) && isAvailable(pod, minReady, now));
    if (!up) unavailable++;
    const old = pods.find((pod) => !isTerminating(pod) && pod.metadata.labels?.[revisionHashLabel] !== hash);
    if (old) (up ? serving : broken).push(old);
  }
  return [...broken, ...serving.slice(0, Math.max(0, allowed - unavailable))];
}

export function daemonStatus({ set, nodes, byNode, hash, now }: DaemonFacts): appsv1.DaemonSetStatus {
  const counts = { current: 0, misplaced: 0, desired: 0, ready: 0, updated: 0, available: 0 };
  const minReady = set.spec?.minReadySeconds ?? 0;
  for (const node of nodes) {
    const [pod] = [...(byNode.get(node.metadata.name ?? '') ?? [])].sort(oldestFirst);
    if (!placementOn(node, set.spec?.template).start) {
      if (pod) counts.misplaced++;
      continue;
    }
    counts.desired++;
    if (!pod) continue;
    counts.current++;
    if (isAvailable(pod, 0, now) && !isTerminating(pod)) counts.ready++;
    if (isAvailable(pod, minReady, now) && !isTerminating(pod)) counts.available++;
    if (pod.metadata.labels?.[revisionHashLabel] === hash) counts.updated++;
  }
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misplaced,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    updatedNumberScheduled: counts.updated || undefined,
    numberAvailable: counts.available || undefined,
    numberUnavailable: counts.desired - counts.available || undefined,
    observedGeneration: set.metadata.generation,
    collisionCount: set.status?.collisionCount,
  };
}
