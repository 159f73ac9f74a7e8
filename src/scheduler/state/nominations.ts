/** Pods that wait for room made for them on a node by preemption: Pods of lower priority must not take it. */
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export class Nominations {
  readonly #nodeOf = new Map<string, string>();
  readonly #byNode = new Map<string, Map<string, PodInfo>>();

  set(pod: PodInfo, nodeName: string): void {
    this.clear(pod.uid);
    if (nodeName === '') return;
    this.#nodeOf.set(pod.uid, nodeName);
    const pods = this.#byNode.get(nodeName) ?? new Map<string, PodInfo>();
    pods.set(pod.uid, pod);
    this.#byNode.set(nodeName, pods);
  }

  clear(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const pods = this.#byNode.get(nodeName);
    pods?.delete(uid);
    if (pods?.size === 0) this.#byNode.delete(nodeName);
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid);
  }

  /** Pods nominated to the node that `pod` must make room for: those of its priority and above. */
  before(pod: PodInfo, node: NodeInfo): PodInfo[] {
    if (this.#byNode.size === 0) return [];
    return this.on(node.name).filter((other) => other.uid !== pod.uid && other.priority >= pod.priority);
  }

  on(nodeName: string): PodInfo[] {
    return [...(this.#byNode.get(nodeName)?.values() ?? [])];
  }
}
