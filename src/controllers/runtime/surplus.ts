/**
 * Which Pods go first when there are too many: those that serve least. Among Pods that serve alike the newest goes, so that what
 * has run longest stays; or, as upstream does, one by chance among those that have run for times of the same order of magnitude.
 * Upstream: pkg/controller/controller_utils.go (ActivePodsWithRanks)
 */
import { isReady, readySince } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** A time as it is ranked, and where times are alike, what decides instead. */
type AgeRank = (time: number, pod: corev1.Pod) => readonly [rank: number, tie: string];

const strictly: AgeRank = (time) => [-time, ''];

/** Ages by their order of magnitude, then uids, which are chance. `now` in ms. */
export const byMagnitude = (now: number): AgeRank => (time, { metadata: { uid = '' } }) => (time > now ? [-1, ''] : [Math.floor(Math.log2(Math.max(1, (now - time) * 1e6))), uid]);

/**
 * `count` of `pods`, first to go first. `related`: all active Pods of the same owner's owner, by which crowded nodes are known.
 * `rank`: how ages are compared; default as they are.
 */
export function surplusPods(pods: readonly corev1.Pod[], related: readonly corev1.Pod[], count: number, rank: AgeRank = strictly): corev1.Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName ?? '';
    if (node !== '') onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const keys = pods.map((pod) => ({ pod, key: sortKey(pod, onNode, rank) }));
  keys.sort((a, b) => compare(a.key, b.key));
  return keys.slice(0, count).map(({ pod }) => pod);
}

/** Lower goes first, field by field. */
function sortKey(pod: corev1.Pod, onNode: ReadonlyMap<string, number>, rank: AgeRank): readonly (number | string)[] {
  const node = pod.spec?.nodeName ?? '';
  const since = readySince(pod);
  return [
    node === '' ? 0 : 1,
    phaseOrder[pod.status?.phase ?? ''] ?? 0,
    isReady(pod) ? 1 : 0,
    deletionCost(pod),
    -(onNode.get(node) ?? 0),
    ...(since === undefined ? [0, ''] : rank(since, pod)),
    -restarts(pod),
    ...rank(Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z'), pod),
    -Number(pod.metadata.resourceVersion ?? 0),
  ];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function deletionCost(pod: corev1.Pod): number {
  const text = pod.metadata.annotations?.[costAnnotation] ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : 0;
}

const restarts = (pod: corev1.Pod): number => (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
