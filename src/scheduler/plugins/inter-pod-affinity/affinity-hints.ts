/** Which events may let a Pod through whose affinity, or whose neighbours' anti-affinity, kept it away. */
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeBefore, nodeThatMayFit, type ClusterEvent } from '../../framework/cluster-event.ts';
import { termMatches, type AffinityTerm, type NamespaceLabels } from '../../state/affinity-term.ts';
import { affinityOf, sameLabels, type PodInfo } from '../../state/pod-info.ts';

export function affinityMayHold(event: ClusterEvent, pod: PodInfo, namespaceLabels: NamespaceLabels): boolean {
  const wanted = pod.affinity?.required ?? [];
  const unwanted = pod.affinity?.requiredAnti ?? [];
  const matches = (terms: readonly AffinityTerm[], { metadata: { namespace = '', labels } }: corev1.Pod, all: boolean): boolean =>
    terms.length > 0 && (all ? terms.every((term) => termMatches(term, { namespace, labels }, namespaceLabels)) : terms.some((term) => termMatches(term, { namespace, labels }, namespaceLabels)));
  const isWanted = (other: corev1.Pod): boolean => matches(wanted, other, true);
  const isUnwanted = (other: corev1.Pod): boolean => matches(unwanted, other, false);
  const refuses = (other: corev1.Pod): boolean => (affinityOf(other)?.requiredAnti ?? []).some((term) => termMatches(term, pod, namespaceLabels));
  switch (event.type) {
    case 'self-changed':
      return !sameLabels(event.pod.metadata.labels, event.old.metadata.labels);
    case 'pod-placed':
      return isWanted(event.pod);
    case 'pod-relabelled':
      return (isWanted(event.pod) && !isWanted(event.old)) || (isUnwanted(event.old) && !isUnwanted(event.pod));
    case 'pod-gone':
      // The last wanted Pod left: a Pod that wants its own kind may now be the first.
      return isUnwanted(event.pod) || refuses(event.pod) || (isWanted(event.pod) && isWanted(pod.pod));
    case 'namespace-changed':
      return true;
    default:
      return nodeMayHelp(event, wanted, unwanted);
  }
}

/** A node helps that is in all the topologies wanted, and was in others before. */
function nodeMayHelp(event: ClusterEvent, wanted: readonly AffinityTerm[], unwanted: readonly AffinityTerm[]): boolean {
  const node = nodeThatMayFit(event, 'labels');
  if (node === undefined || wanted.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return false;
  const before = nodeBefore(event);
  const terms = [...wanted, ...unwanted];
  return before === undefined || terms.length === 0 || terms.some(({ topologyKey }) => node.labels[topologyKey] !== before.labels[topologyKey]);
}
