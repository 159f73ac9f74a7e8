/**
 * Which Pods go first when there are too many: those that serve least. Among Pods that serve alike the newest goes, so that what
 * has run longest stays.
 * Upstream: pkg/controller/controller_utils.go (ActivePodsWithRanks); there, ready times are compared by order of magnitude.
 */
import { isReady, readySince } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** `count` of `pods`, first to go first. `related`: all active Pods of the same owner's owner, by which crowded nodes are known. */
export function surplusPods(pods: readonly corev1.Pod[], related: readonly corev1.Pod[], count: number): corev1.Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName ?? '';
    if (node !== '') onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const keys = pods.map((pod) => ({ pod, key: sortKey(pod, onNode) }));
  keys.sort((a, b) => compare(a.key, b.key));
  return keys.slice(0, count).map(({ pod }) => pod);
}

/** Lower goes first, field by field. */
function sortKey(pod: corev1.Pod, onNode: ReadonlyMap<string, number>): readonly number[] {
  const node = pod.spec?.nodeName ?? '';
  const since = readySince(pod);
  return [
    node === '' ? 0 : 1,
    phaseOrder[pod.status?.phase ?? ''] ?? 0,
    isReady(pod) ? 1 : 0,
    deletionCost(pod),
    -(onNode.get(node) ?? 0),
    since === undefined ? 0 : -since,
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z'),
    -Number(pod.metadata.resourceVersion ?? 0),
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function deletionCost(pod: corev1.Pod): number {
  const text = pod.metadata.annotations?.[costAnnotation] ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : 0;
}

const restarts = (pod: corev1.Pod): number => (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
