/** Keeps a Pod off nodes where it would make one domain too full compared with the emptiest. */
import type { FilterPlan } from '../../framework/plugin.ts';
import { unresolvable, unschedulable } from '../../framework/rejection.ts';
import type { ClusterState } from '../../state/cluster-state.ts';
import { counts } from '../../state/matching-pods.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import type { SpreadConstraint } from './constraint.ts';

export const name = 'PodTopologySpread';
const uneven = unschedulable(name, "node(s) didn't match pod topology spread constraints");
const unlabelled = unresolvable(name, "node(s) didn't match pod topology spread constraints (missing required label)");

interface Domains {
  readonly constraint: SpreadConstraint;
  /** Matching Pods in each domain. */
  readonly counts: Map<string, number>;
  readonly ownWeight: 0 | 1;
  least: number | undefined;
}

export function spreadFilter(pod: PodInfo, constraints: readonly SpreadConstraint[], cluster: ClusterState): FilterPlan {
  const all = constraints.map((constraint) => domainsOf(pod, constraint, constraints, cluster));
  const shift = (other: PodInfo, node: NodeInfo, by: 1 | -1): void => {
    for (const domains of all) {
      const { constraint } = domains;
      const value = node.labels[constraint.topologyKey];
      const count = value === undefined ? undefined : domains.counts.get(value);
      if (value === undefined || count === undefined || !constraint.includes(node) || !counts(other, pod.namespace, constraint.selector)) continue;
      domains.counts.set(value, count + by);
      domains.least = undefined;
    }
  };
  return {
    filter: (node) => {
      for (const domains of all) {
        const value = node.labels[domains.constraint.topologyKey];
        if (value === undefined) return unlabelled;
        const skew = (domains.counts.get(value) ?? 0) + domains.ownWeight - leastOf(domains);
        if (skew > domains.constraint.maxSkew) return uneven;
      }
      return undefined;
    },
    podAdded: (other, node) => shift(other, node, 1),
    podRemoved: (other, node) => shift(other, node, -1),
  };
}

/** Domains are those of the nodes that have the label of every constraint. */
function domainsOf(pod: PodInfo, constraint: SpreadConstraint, all: readonly SpreadConstraint[], cluster: ClusterState): Domains {
  const matching = cluster.matchingPods(pod.namespace, constraint.selector);
  const byValue = new Map<string, number>();
  for (const node of cluster.nodes) {
    const { labels } = node;
    const value = labels[constraint.topologyKey];
    if (value === undefined || !all.every(({ topologyKey }) => labels[topologyKey] !== undefined) || !constraint.includes(node)) continue;
    byValue.set(value, (byValue.get(value) ?? 0) + (matching.get(node) ?? 0));
  }
  return { constraint, counts: byValue, ownWeight: constraint.selector.matches(pod.labels) ? 1 : 0, least: undefined };
}

/** Pods in the emptiest domain; zero while there are fewer domains than asked for. */
function leastOf(domains: Domains): number {
  if (domains.counts.size < domains.constraint.minDomains) return 0;
  if (domains.least === undefined) {
    let least = Infinity;
    for (const count of domains.counts.values()) least = Math.min(least, count);
    domains.least = least;
  }
  return domains.least;
}
