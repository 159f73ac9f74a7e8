/** Preferred affinity and anti-affinity, of the Pod to place and of the Pods that are there. */
import { highestScore } from '../../framework/normalize.ts';
import type { ScorePlan } from '../../framework/plugin.ts';
import { termMatches, type NamespaceLabels, type WeightedTerm } from '../../state/affinity-term.ts';
import type { ClusterState } from '../../state/cluster-state.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { TopologyCounts } from './topology-counts.ts';

interface ScoreOptions {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

export function affinityScore(pod: PodInfo, cluster: ClusterState, namespaceLabels: NamespaceLabels, { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: ScoreOptions): ScorePlan | undefined {
  const preferred = pod.affinity?.preferred ?? [];
  const preferredAnti = pod.affinity?.preferredAnti ?? [];
  const likes = preferred.length + preferredAnti.length > 0;
  if (!likes && (ignorePreferredTermsOfExistingPods || cluster.nodesWithAffinity.size === 0)) return undefined;
  const sums = new TopologyCounts();
  const weigh = (terms: readonly WeightedTerm[], subject: PodInfo, node: NodeInfo, sign: 1 | -1): void => {
    for (const { weight, term } of terms) if (termMatches(term, subject, namespaceLabels)) sums.add(node, term.topologyKey, sign * weight);
  };
  const weighOther = (other: PodInfo, node: NodeInfo): void => {
    weigh(preferred, other, node, 1);
    weigh(preferredAnti, other, node, -1);
    if (other.affinity === undefined) return;
    for (const term of other.affinity.required) if (termMatches(term, pod, namespaceLabels)) sums.add(node, term.topologyKey, hardPodAffinityWeight);
    weigh(other.affinity.preferred, pod, node, 1);
    weigh(other.affinity.preferredAnti, pod, node, -1);
  };
  for (const node of likes ? cluster.nodes : cluster.nodesWithAffinity) for (const other of (likes ? node.pods.values() : node.podsWithAffinity)) weighOther(other, node);
  return sums.isEmpty ? undefined : { score: (node) => sums.sumAt(node), normalize: stretch };
}

/** The least becomes 0, the most 100. */
function stretch(scores: number[]): void {
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  for (let i = 0; i < scores.length; i++) scores[i] = range === 0 ? 0 : Math.floor((highestScore * ((scores[i] ?? 0) - least)) / range);
}
