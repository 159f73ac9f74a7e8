/**
 * All nodes and the Pods on them, as informed of plus what the scheduler has decided and not yet heard back (assumed Pods). A
 * scheduling cycle runs in one turn without awaiting, so this is also its snapshot: nothing changes under it.
 *
 * Upstream: k8s.io/kubernetes/pkg/scheduler/backend/cache
 */
import type { LabelSelector } from '../../apimachinery/label-selector.ts';
import { isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { MatchingPodsIndex, type MatchingPods } from './matching-pods.ts';
import { NodeInfo } from './node-info.ts';
import { interleavedByZone } from './node-order.ts';
import { podInfo, sameForScheduling, sameLabels, type PodInfo } from './pod-info.ts';

interface Placed {
  info: PodInfo;
  readonly nodeName: string;
  assumed: boolean;
}

export class ClusterState {
  readonly #nodes = new Map<string, NodeInfo>();
  /** By uid; also Pods on nodes that are not known (yet, or any more). */
  readonly #pods = new Map<string, Placed>();
  readonly #homeless = new Map<string, Set<PodInfo>>();
  readonly #imageNodes = new Map<string, number>();
  readonly #matching = new MatchingPodsIndex();
  readonly nodesWithAffinity = new Set<NodeInfo>();
  readonly nodesWithRequiredAntiAffinity = new Set<NodeInfo>();
  #ordered: readonly NodeInfo[] | undefined;

  /** In the order in which they are tried: zones take turns. */
  get nodes(): readonly NodeInfo[] {
    this.#ordered ??= interleavedByZone([...this.#nodes.values()]);
    return this.#ordered;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** The number of nodes that have an image. */
  nodesWithImage(image: string): number {
    return this.#imageNodes.get(image) ?? 0;
  }

  matchingPods(namespace: string, selector: LabelSelector): MatchingPods {
    return this.#matching.of(namespace, selector, this.#nodes.values());
  }

  isPlaced(uid: string): boolean {
    return this.#pods.has(uid);
  }

  setNode(node: corev1.Node): void {
    const name = node.metadata.name ?? '';
    const known = this.#nodes.get(name);
    if (known) {
      this.#countImages(known, -1);
      if (zoneLabels.some((label) => known.node.metadata.labels?.[label] !== node.metadata.labels?.[label])) this.#ordered = undefined;
      known.node = node;
      this.#countImages(known, 1);
      return;
    }
    const info = new NodeInfo(node);
    this.#nodes.set(name, info);
    this.#ordered = undefined;
    this.#countImages(info, 1);
    for (const pod of this.#homeless.get(name) ?? []) this.#attach(pod, info);
    this.#homeless.delete(name);
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (!info) return;
    this.#nodes.delete(name);
    this.#ordered = undefined;
    this.#countImages(info, -1);
    this.#matching.nodeRemoved(info);
    this.nodesWithAffinity.delete(info);
    this.nodesWithRequiredAntiAffinity.delete(info);
    if (info.pods.size > 0) this.#homeless.set(name, new Set(info.pods.values()));
  }

  /** A Pod that has a node: new, changed, or the confirmation of an assumed one. */
  setPod(pod: corev1.Pod): void {
    const { uid = '' } = pod.metadata;
    const nodeName = pod.spec?.nodeName ?? '';
    const placed = this.#pods.get(uid);
    if (placed?.nodeName === nodeName) {
      // What was assumed comes back with a node and nothing else changed in its spec.
      const same = placed.assumed ? sameLabels(placed.info.labels, pod.metadata.labels) : sameForScheduling(placed.info.pod, pod);
      placed.assumed = false;
      if (same && isTerminating(placed.info.pod) === isTerminating(pod)) {
        placed.info.pod = pod;
        return;
      }
    }
    if (placed) this.#unplace(placed);
    this.#place(podInfo(pod), nodeName, false);
  }

  removePod(uid: string): void {
    const placed = this.#pods.get(uid);
    if (placed) this.#unplace(placed);
  }

  /** Counts a Pod as being on a node before the API says so; undone by `forget`, made final by `setPod`. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place(info, nodeName, true);
  }

  forget(uid: string): void {
    const placed = this.#pods.get(uid);
    if (placed?.assumed) this.#unplace(placed);
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    this.#pods.set(info.uid, { info, nodeName, assumed });
    const node = this.#nodes.get(nodeName);
    if (node) {
      this.#attach(info, node);
      return;
    }
    const homeless = this.#homeless.get(nodeName) ?? new Set();
    homeless.add(info);
    this.#homeless.set(nodeName, homeless);
  }

  #unplace({ info, nodeName }: Placed): void {
    this.#pods.delete(info.uid);
    const node = this.#nodes.get(nodeName);
    if (node) this.#detach(info, node);
    const homeless = this.#homeless.get(nodeName);
    homeless?.delete(info);
    if (homeless?.size === 0) this.#homeless.delete(nodeName);
  }

  #attach(info: PodInfo, node: NodeInfo): void {
    node.add(info);
    this.#matching.added(info, node);
    this.#noteAffinity(node);
  }

  #detach(info: PodInfo, node: NodeInfo): void {
    node.remove(info);
    this.#matching.removed(info, node);
    this.#noteAffinity(node);
  }

  #noteAffinity(node: NodeInfo): void {
    if (node.podsWithAffinity.size > 0) this.nodesWithAffinity.add(node);
    else this.nodesWithAffinity.delete(node);
    if (node.podsWithRequiredAntiAffinity.size > 0) this.nodesWithRequiredAntiAffinity.add(node);
    else this.nodesWithRequiredAntiAffinity.delete(node);
  }

  #countImages(node: NodeInfo, by: 1 | -1): void {
    for (const image of node.images.keys()) {
      const left = (this.#imageNodes.get(image) ?? 0) + by;
      if (left > 0) this.#imageNodes.set(image, left);
      else this.#imageNodes.delete(image);
    }
  }
}

const zoneLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];
