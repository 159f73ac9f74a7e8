/**
 * Finds the best node for a Pod. In a large cluster it stops when it has found enough feasible nodes, and begins the next search where
 * this one ended, so that all nodes get their turn. Runs in one go, without awaiting.
 *
 * Upstream: pkg/scheduler/schedule_one.go
 */
import type { Random } from '../base/random.ts';
import type { Framework } from './framework/framework.ts';
import { isRejection, type Diagnosis } from './framework/plugin.ts';
import type { FilterRun } from './framework/filter-run.ts';
import { unresolvable, type Rejection } from './framework/rejection.ts';
import type { ClusterState } from './state/cluster-state.ts';
import type { NodeInfo } from './state/node-info.ts';
import type { Nominations } from './state/nominations.ts';
import type { PodInfo } from './state/pod-info.ts';

export type SearchResult = { readonly node: NodeInfo; readonly diagnosis?: undefined } | { readonly node?: undefined; readonly diagnosis: Diagnosis };

/** At least so many feasible nodes are compared, where there are. */
const leastFeasible = 100;
const leastPercentage = 5;

/** How many feasible nodes are enough: all of up to 100, half of a small cluster, a twentieth of a very large one; or as many percent as wanted. */
export function enoughNodes(numberOfNodes: number, wantedPercentage = 0): number {
  if (numberOfNodes < leastFeasible) return numberOfNodes;
  const percentage = wantedPercentage > 0 ? wantedPercentage : Math.max(leastPercentage, 50 - Math.floor(numberOfNodes / 125));
  return Math.max(leastFeasible, Math.floor((numberOfNodes * percentage) / 100));
}

export class NodeSearch {
  readonly #framework: Framework;
  readonly #cluster: ClusterState;
  readonly #nominations: Nominations;
  readonly #random: Random;
  readonly #percentage: number;
  #start = 0;

  constructor(options: { readonly framework: Framework; readonly cluster: ClusterState; readonly nominations: Nominations; readonly random: Random; readonly percentage?: number }) {
    this.#framework = options.framework;
    this.#cluster = options.cluster;
    this.#nominations = options.nominations;
    this.#random = options.random;
    this.#percentage = options.percentage ?? 0;
  }

  find(pod: PodInfo): SearchResult {
    const run = this.#framework.filters(pod, this.#cluster);
    if (isRejection(run)) return { diagnosis: this.#refusedBefore(run) };
    const byNode = new Map<string, Rejection>();
    const feasible = this.#feasible(pod, run, byNode);
    const best = this.#best(pod, feasible);
    if (best) return { node: best };
    const plugins = new Set([...byNode.values()].map(({ plugin }) => plugin));
    if (run.nodeNames) plugins.add('NodeAffinity');
    const others = run.nodeNames ? unresolvable('NodeAffinity', "node(s) didn't satisfy plugin(s) [NodeAffinity]") : unresolvable('');
    return { diagnosis: { numberOfNodes: this.#cluster.nodes.length, byNode, others, beforeNodes: undefined, plugins, run } };
  }

  #refusedBefore(rejection: Rejection): Diagnosis {
    return { numberOfNodes: this.#cluster.nodes.length, byNode: new Map(), others: rejection, beforeNodes: rejection, plugins: new Set([rejection.plugin]), run: undefined };
  }

  #feasible(pod: PodInfo, run: FilterRun, byNode: Map<string, Rejection>): NodeInfo[] {
    const nominated = this.#cluster.node(this.#nominations.nodeOf(pod.uid) ?? '');
    if (nominated && (run.nodeNames?.has(nominated.name) ?? true) && run.check(nominated) === undefined) return [nominated];
    const nodes = run.nodeNames ? this.#named(run.nodeNames) : this.#cluster.nodes;
    const enough = run.nodeNames ? nodes.length : enoughNodes(nodes.length, this.#percentage);
    const feasible: NodeInfo[] = [];
    let looked = 0;
    for (; looked < nodes.length && feasible.length < enough; looked++) {
      const node = nodes[(this.#start + looked) % nodes.length];
      if (!node) continue;
      const rejection = run.check(node);
      if (rejection) byNode.set(node.name, rejection);
      else feasible.push(node);
    }
    if (!run.nodeNames && nodes.length > 0) this.#start = (this.#start + looked) % nodes.length;
    return feasible;
  }

  #named(names: ReadonlySet<string>): NodeInfo[] {
    return [...names].flatMap((name) => this.#cluster.node(name) ?? []);
  }

  /** The node with the highest score; chance decides between equals. */
  #best(pod: PodInfo, feasible: readonly NodeInfo[]): NodeInfo | undefined {
    if (feasible.length < 2) return feasible[0];
    const scores = this.#framework.scores(pod, this.#cluster, feasible);
    let highest = -Infinity;
    let equals: NodeInfo[] = [];
    feasible.forEach((node, i) => {
      const score = scores[i] ?? 0;
      if (score > highest) {
        highest = score;
        equals = [node];
      } else if (score === highest) equals.push(node);
    });
    return equals[equals.length > 1 ? this.#random.below(equals.length) : 0];
  }
}
