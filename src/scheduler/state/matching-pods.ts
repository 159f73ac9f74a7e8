/**
 * How many Pods of a namespace match a selector, by node: counted once, then kept up to date as Pods come and go, so that spreading
 * a thousand replicas does not count all of them a thousand times. Pods being deleted do not count.
 */
import type { LabelSelector } from '../../apimachinery/label-selector.ts';
import { isTerminating } from '../../resources/core/pod-readiness.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export type MatchingPods = ReadonlyMap<NodeInfo, number>;

interface Count {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly byNode: Map<NodeInfo, number>;
}

const mostCounts = 256;

export class MatchingPodsIndex {
  readonly #counts = new Map<string, Count>();

  /** The count, made from `nodes` when it is asked for first. Live: do not keep it beyond one scheduling cycle. */
  of(namespace: string, selector: LabelSelector, nodes: Iterable<NodeInfo>): MatchingPods {
    const key = `${namespace}|${selector.matchesNothing ? '!' : selector.toString()}`;
    const known = this.#counts.get(key);
    if (known) {
      this.#counts.delete(key);
      this.#counts.set(key, known);
      return known.byNode;
    }
    const count: Count = { namespace, selector, byNode: new Map() };
    for (const node of nodes) for (const pod of node.pods.values()) change(count, pod, node, 1);
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined && this.#counts.size >= mostCounts) this.#counts.delete(oldest);
    this.#counts.set(key, count);
    return count.byNode;
  }

  added(pod: PodInfo, node: NodeInfo): void {
    for (const count of this.#counts.values()) change(count, pod, node, 1);
  }

  removed(pod: PodInfo, node: NodeInfo): void {
    for (const count of this.#counts.values()) change(count, pod, node, -1);
  }

  nodeRemoved(node: NodeInfo): void {
    for (const { byNode } of this.#counts.values()) byNode.delete(node);
  }
}

export const counts = (pod: PodInfo, namespace: string, selector: LabelSelector): boolean => pod.namespace === namespace && !isTerminating(pod.pod) && selector.matches(pod.labels);

function change({ namespace, selector, byNode }: Count, pod: PodInfo, node: NodeInfo, by: 1 | -1): void {
  if (!counts(pod, namespace, selector)) return;
  const left = (byNode.get(node) ?? 0) + by;
  if (left > 0) byNode.set(node, left);
  else byNode.delete(node);
}
