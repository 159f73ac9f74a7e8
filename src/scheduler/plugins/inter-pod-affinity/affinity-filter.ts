/** Required affinity and anti-affinity, of the Pod to place and of the Pods that are there. */
import type { FilterPlan } from '../../framework/plugin.ts';
import { unresolvable, unschedulable } from '../../framework/rejection.ts';
import { termMatches, type AffinityTerm, type NamespaceLabels } from '../../state/affinity-term.ts';
import type { ClusterState } from '../../state/cluster-state.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { TopologyCounts } from './topology-counts.ts';

export const name = 'InterPodAffinity';
const apart = unresolvable(name, "node(s) didn't match pod affinity rules");
const together = unschedulable(name, "node(s) didn't match pod anti-affinity rules");
const unwelcome = unschedulable(name, "node(s) didn't satisfy existing pods anti-affinity rules");

export function affinityFilter(pod: PodInfo, cluster: ClusterState, namespaceLabels: NamespaceLabels): FilterPlan | undefined {
  const required = pod.affinity?.required ?? [];
  const requiredAnti = pod.affinity?.requiredAnti ?? [];
  /** Topologies where a Pod lives that refuses this one. */
  const refusing = new TopologyCounts();
  /** Where Pods live that meet all affinity terms, and where those live that this Pod refuses. */
  const wanted = new TopologyCounts();
  const refused = new TopologyCounts();
  const countRefusal = (other: PodInfo, node: NodeInfo, by: 1 | -1): void => {
    for (const term of other.affinity?.requiredAnti ?? []) if (termMatches(term, pod, namespaceLabels)) refusing.add(node, term.topologyKey, by);
  };
  const countOwn = (other: PodInfo, node: NodeInfo, by: 1 | -1): void => {
    if (required.length > 0 && required.every((term) => termMatches(term, other, namespaceLabels))) for (const term of required) wanted.add(node, term.topologyKey, by);
    for (const term of requiredAnti) if (termMatches(term, other, namespaceLabels)) refused.add(node, term.topologyKey, by);
  };
  for (const node of cluster.nodesWithRequiredAntiAffinity) for (const other of node.podsWithRequiredAntiAffinity) countRefusal(other, node, 1);
  if (required.length + requiredAnti.length > 0) for (const node of cluster.nodes) for (const other of node.pods.values()) countOwn(other, node, 1);
  if (required.length + requiredAnti.length === 0 && refusing.isEmpty) return undefined;
  const shift = (other: PodInfo, node: NodeInfo, by: 1 | -1): void => {
    countRefusal(other, node, by);
    countOwn(other, node, by);
  };
  const meetsItself = (): boolean => required.every((term) => termMatches(term, pod, namespaceLabels));
  return {
    filter: (node) => {
      if (!isNear(node, required, wanted, meetsItself)) return apart;
      if (requiredAnti.some(({ topologyKey }) => refused.at(node, topologyKey) > 0)) return together;
      return refusing.anyAt(node) ? unwelcome : undefined;
    },
    podAdded: (other, node) => shift(other, node, 1),
    podRemoved: (other, node) => shift(other, node, -1),
  };
}

/** Whether a node shares every topology with Pods that are wanted near. The first Pod of a group that wants its own kind may go anywhere. */
function isNear(node: NodeInfo, required: readonly AffinityTerm[], wanted: TopologyCounts, meetsItself: () => boolean): boolean {
  if (required.length === 0) return true;
  if (required.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return false;
  if (required.every(({ topologyKey }) => wanted.at(node, topologyKey) > 0)) return true;
  return wanted.isEmpty && meetsItself();
}
