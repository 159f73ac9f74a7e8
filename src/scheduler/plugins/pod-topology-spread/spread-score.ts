/** Likes the domains that have the fewest matching Pods. */
import { highestScore } from '../../framework/normalize.ts';
import type { ScorePlan } from '../../framework/plugin.ts';
import type { ClusterState } from '../../state/cluster-state.ts';
import type { MatchingPods } from '../../state/matching-pods.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { hostnameKey, type SpreadConstraint } from './constraint.ts';

interface Weighing {
  readonly constraint: SpreadConstraint;
  /** More domains: more weight, as each holds less. */
  readonly weight: number;
  readonly matching: MatchingPods;
  /** Matching Pods in each domain that a feasible node is in; hosts are counted one by one instead. */
  readonly counts: ReadonlyMap<string, number> | undefined;
}

export interface SpreadScoring {
  readonly constraints: readonly SpreadConstraint[];
  /** Nodes that lack a label of a constraint score nothing. */
  readonly requireAllLabels: boolean;
}

const ignored = -1;

export function spreadScore(pod: PodInfo, { constraints, requireAllLabels }: SpreadScoring, cluster: ClusterState, feasible: readonly NodeInfo[]): ScorePlan {
  const hasLabels = ({ labels }: NodeInfo): boolean => constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined);
  const isIgnored = (node: NodeInfo): boolean => requireAllLabels && !hasLabels(node);
  const counted = feasible.filter((node) => !isIgnored(node));
  const weighings = constraints.map((constraint) => weighing(pod, constraint, cluster, counted, isIgnored));
  return {
    score: (node) => (isIgnored(node) ? ignored : Math.round(weighings.reduce((sum, each) => sum + costOf(each, node), 0))),
    normalize,
  };
}

function weighing(pod: PodInfo, constraint: SpreadConstraint, cluster: ClusterState, counted: readonly NodeInfo[], isIgnored: (node: NodeInfo) => boolean): Weighing {
  const { topologyKey } = constraint;
  const matching = cluster.matchingPods(pod.namespace, constraint.selector);
  if (topologyKey === hostnameKey) return { constraint, matching, weight: Math.log(counted.length + 2), counts: undefined };
  const counts = new Map<string, number>();
  for (const node of counted) {
    const value = node.labels[topologyKey];
    if (value !== undefined) counts.set(value, 0);
  }
  for (const [node, count] of matching) {
    const value = node.labels[topologyKey];
    const before = value === undefined ? undefined : counts.get(value);
    if (value !== undefined && before !== undefined && !isIgnored(node) && constraint.includes(node)) counts.set(value, before + count);
  }
  return { constraint, matching, weight: Math.log(counts.size + 2), counts };
}

function costOf({ constraint, weight, matching, counts }: Weighing, node: NodeInfo): number {
  const value = node.labels[constraint.topologyKey];
  if (value === undefined) return 0;
  const count = counts === undefined ? (matching.get(node) ?? 0) : (counts.get(value) ?? 0);
  return count * weight + (constraint.maxSkew - 1);
}

/** Costs to scores: the least cost becomes the most. */
function normalize(scores: number[]): void {
  let least = Infinity;
  let most = 0;
  for (const cost of scores) {
    if (cost === ignored) continue;
    least = Math.min(least, cost);
    most = Math.max(most, cost);
  }
  for (let i = 0; i < scores.length; i++) {
    const cost = scores[i] ?? ignored;
    scores[i] = cost === ignored ? 0 : most === 0 ? highestScore : Math.floor((highestScore * (most + least - cost)) / most);
  }
}
