/** A node with the Pods on it and the sums over them, kept up to date as Pods come and go. */
import { quantityValue } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { addAmounts, amountsOf, noAmounts, type Amounts } from './amounts.ts';
import { HostPortSet } from './host-port-set.ts';
import type { PodInfo } from './pod-info.ts';

export class NodeInfo {
  readonly name: string;
  #node: corev1.Node;
  #allocatable: Amounts;
  #allowedPods: number;
  #images: ReadonlyMap<string, number> | undefined;
  /** By uid. */
  readonly pods = new Map<string, PodInfo>();
  readonly podsWithAffinity = new Set<PodInfo>();
  readonly podsWithRequiredAntiAffinity = new Set<PodInfo>();
  readonly requested = noAmounts();
  /** The sum over PodInfo.scored. */
  readonly scored = noAmounts();
  readonly ports = new HostPortSet();
  /** 'namespace/name' of claims in use, with the number of Pods. */
  readonly claims = new Map<string, number>();

  constructor(node: corev1.Node) {
    this.name = node.metadata.name ?? '';
    this.#node = node;
    this.#allocatable = amountsOf(node.status?.allocatable ?? {});
    this.#allowedPods = allowedPodsOf(node);
  }

  get node(): corev1.Node {
    return this.#node;
  }

  set node(node: corev1.Node) {
    this.#node = node;
    this.#allocatable = amountsOf(node.status?.allocatable ?? {});
    this.#allowedPods = allowedPodsOf(node);
    this.#images = undefined;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#node.metadata.labels ?? {};
  }

  get allocatable(): Readonly<Amounts> {
    return this.#allocatable;
  }

  get allowedPods(): number {
    return this.#allowedPods;
  }

  /** Image name to size in bytes. */
  get images(): ReadonlyMap<string, number> {
    this.#images ??= new Map((this.#node.status?.images ?? []).flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [name, sizeBytes] as const)));
    return this.#images;
  }

  add(pod: PodInfo): void {
    this.pods.set(pod.uid, pod);
    this.#count(pod, 1);
    for (const port of pod.ports) this.ports.add(port);
    if (pod.affinity === undefined) return;
    this.podsWithAffinity.add(pod);
    if (pod.affinity.requiredAnti.length > 0) this.podsWithRequiredAntiAffinity.add(pod);
  }

  remove(pod: PodInfo): void {
    if (!this.pods.delete(pod.uid)) return;
    this.#count(pod, -1);
    for (const port of pod.ports) this.ports.remove(port);
    this.podsWithAffinity.delete(pod);
    this.podsWithRequiredAntiAffinity.delete(pod);
  }

  /** A copy that may be changed to see what would be. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.#node);
    for (const pod of this.pods.values()) copy.add(pod);
    return copy;
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    addAmounts(this.requested, pod.requests, sign);
    addAmounts(this.scored, pod.scored, sign);
    for (const claim of pod.claims) {
      const key = `${pod.namespace}/${claim}`;
      const users = (this.claims.get(key) ?? 0) + sign;
      if (users > 0) this.claims.set(key, users);
      else this.claims.delete(key);
    }
  }
}

const allowedPodsOf = (node: corev1.Node): number => quantityValue(node.status?.allocatable?.['pods'] ?? 0);
