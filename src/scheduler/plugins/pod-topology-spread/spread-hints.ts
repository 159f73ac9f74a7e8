/** Which events may let a Pod through that its topology spread constraints kept away. */
import { isTerminating } from '../../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeBefore, nodeThatMayFit, type ClusterEvent } from '../../framework/cluster-event.ts';
import { sameLabels, type PodInfo } from '../../state/pod-info.ts';
import type { SpreadConstraint } from './constraint.ts';

export function spreadMayHold(event: ClusterEvent, pod: PodInfo, constraints: readonly SpreadConstraint[]): boolean {
  const countedBy = ({ metadata: { namespace, labels } }: corev1.Pod): boolean[] => constraints.map(({ selector }) => namespace === pod.namespace && selector.matches(labels));
  const counts = (other: corev1.Pod): boolean => countedBy(other).includes(true);
  switch (event.type) {
    case 'self-changed':
      return !sameLabels(event.pod.metadata.labels, event.old.metadata.labels);
    case 'pod-placed':
    case 'pod-gone':
      return counts(event.pod);
    case 'pod-relabelled':
      if (isTerminating(event.pod) && !isTerminating(event.old)) return counts(event.old);
      return countedBy(event.pod).some((does, i) => does !== countedBy(event.old)[i]);
    case 'node-removed':
      return true;
    default:
      return nodeMayHelp(event, constraints.map(({ topologyKey }) => topologyKey));
  }
}

/** A node that has all the labels asked for, or lost them, or moved between domains; or whose taints make it count, or no longer. */
function nodeMayHelp(event: ClusterEvent, keys: readonly string[]): boolean {
  const node = nodeThatMayFit(event, 'labels', 'taints');
  if (node === undefined) return false;
  const before = nodeBefore(event);
  const isDomain = ({ labels }: { readonly labels: Readonly<Record<string, string>> }): boolean => keys.every((key) => labels[key] !== undefined);
  if (before === undefined) return isDomain(node);
  const moved = isDomain(node) !== isDomain(before) || (isDomain(node) && keys.some((key) => node.labels[key] !== before.labels[key]));
  return moved || (event.type === 'node-changed' && event.changes.has('taints') && isDomain(node));
}
