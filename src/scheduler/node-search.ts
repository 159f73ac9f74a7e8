/**
 * Finds the best node for a Pod. In a large cluster it stops when it has found enough feasible nodes, and begins the next search where
 * this one ended, so that all nodes get their turn. Runs in one go, without awaiting.
 *
 * Upstream: pkg/scheduler/schedule_one.go
 */
import type { Random } from '../base/random.ts';
import type { Extenders } from './extenders/extenders.ts';
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
  readonly #extenders: Extenders | undefined;
  readonly #percentage: number;
  #start = 0;

  constructor(options: { readonly framework: Framework; readonly cluster: ClusterState; readonly nominations: Nominations; readonly random: Random; readonly percentage?: number; readonly extenders?: Extenders }) {
    this.#framework = options.framework;
    this.#cluster = options.cluster;
    this.#nominations = options.nominations;
    this.#random = options.random;
    this.#extenders = options.extenders;
    this.#percentage = options.percentage ?? 0;
  }

  /** A promise only where extenders are asked: time passes then, and the cluster changes. */
  find(pod: PodInfo): SearchResult | Promise<SearchResult> {
    const run = this.#framework.filters(pod, this.#cluster);
    if (isRejection(run)) return { diagnosis: this.#refusedBefore(run) };
    if (this.#extenders?.judge(pod)) return this.#findWithOthers(pod, run, this.#extenders);
    const byNode = new Map<string, Rejection>();
    const nominated = this.#nominated(pod, run);
    const best = nominated ?? this.#best(pod, this.#feasible(run, byNode));
    return best ? { node: best } : { diagnosis: this.#diagnosis(run, byNode) };
  }

  /** The extenders choose among the nodes that are feasible now, and their answer must still be right when it comes. */
  async #findWithOthers(pod: PodInfo, run: FilterRun, extenders: Extenders): Promise<SearchResult> {
    const byNode = new Map<string, Rejection>();
    const nominated = this.#nominated(pod, run);
    let feasible = nominated ? await extenders.filter(pod, [nominated], byNode) : [];
    if (feasible.length === 0) feasible = await extenders.filter(pod, this.#feasible(run, byNode), byNode);
    if (feasible.length === 0) return { diagnosis: this.#diagnosis(run, byNode) };
    const scores = feasible.length > 1 ? await extenders.scores(pod, feasible) : undefined;
    const now = this.#framework.filters(pod, this.#cluster);
    if (isRejection(now)) return { diagnosis: this.#refusedBefore(now) };
    const left = feasible.filter((node) => {
      if (this.#cluster.node(node.name) !== node) return false;
      const rejection = now.check(node);
      if (rejection) byNode.set(node.name, rejection);
      return rejection === undefined;
    });
    const best = this.#best(pod, left, scores);
    return best ? { node: best } : { diagnosis: this.#diagnosis(now, byNode) };
  }

  #diagnosis(run: FilterRun, byNode: ReadonlyMap<string, Rejection>): Diagnosis {
    const plugins = new Set([...byNode.values()].map(({ plugin }) => plugin));
    if (run.nodeNames) plugins.add('NodeAffinity');
    const others = run.nodeNames ? unresolvable('NodeAffinity', "node(s) didn't satisfy plugin(s) [NodeAffinity]") : unresolvable('');
    return { numberOfNodes: this.#cluster.nodes.length, byNode, others, beforeNodes: undefined, plugins, run };
  }

  #refusedBefore(rejection: Rejection): Diagnosis {
    return { numberOfNodes: this.#cluster.nodes.length, byNode: new Map(), others: rejection, beforeNodes: rejection, plugins: new Set([rejection.plugin]), run: undefined };
  }

  /** The node that the Pod is nominated to, where it fits. */
  #nominated(pod: PodInfo, run: FilterRun): NodeInfo | undefined {
    const nominated = this.#cluster.node(this.#nominations.nodeOf(pod.uid) ?? '');
    return nominated && (run.nodeNames?.has(nominated.name) ?? true) && run.check(nominated) === undefined ? nominated : undefined;
  }

  #feasible(run: FilterRun, byNode: Map<string, Rejection>): NodeInfo[] {
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

  /** The node with the highest score, what others give it included; chance decides between equals. */
  #best(pod: PodInfo, feasible: readonly NodeInfo[], others?: ReadonlyMap<string, number>): NodeInfo | undefined {
    if (feasible.length < 2) return feasible[0];
    const scores = this.#framework.scores(pod, this.#cluster, feasible);
    let highest = -Infinity;
    let equals: NodeInfo[] = [];
    feasible.forEach((node, i) => {
      const score = (scores[i] ?? 0) + (others?.get(node.name) ?? 0);
      if (score > highest) {
        highest = score;
        equals = [node];
      } else if (score === highest) equals.push(node);
    });
    return equals[equals.length > 1 ? this.#random.below(equals.length) : 0];
  }
}
