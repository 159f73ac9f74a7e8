/**
 * A program outside that has a say in where Pods go, asked by HTTP.
 * Upstream: pkg/scheduler/extender.go, k8s.io/kube-scheduler/extender/v1
 */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { ExtenderConfiguration } from '../configuration/extenders.ts';
import type { NodeInfo } from '../state/node-info.ts';
import type { PodInfo } from '../state/pod-info.ts';
import { fieldOf, listIn, numberIn, textIn, textsIn } from './answer.ts';
import { jsonCaller, type JsonCaller } from './json-call.ts';

export interface ExtenderFilterResult {
  readonly feasible: readonly NodeInfo[];
  /** Node names with the reason; deleting Pods there may help. */
  readonly failed: ReadonlyMap<string, string>;
  /** Deleting Pods cannot help. */
  readonly unresolvable: ReadonlyMap<string, string>;
}

/** Who would have to go from a node. */
export interface ExtenderVictims {
  readonly node: NodeInfo;
  readonly pods: readonly PodInfo[];
  readonly violations: number;
}

/** The highest score that an extender gives; the scheduler's own scores go to a hundred. */
const highestAnswer = 10;
const scale = 100 / highestAnswer;

export class Extender {
  readonly #configuration: ExtenderConfiguration;
  readonly #caller: JsonCaller;

  /** Throws when a file of its TLS configuration cannot be read. */
  constructor(configuration: ExtenderConfiguration, caller: JsonCaller = jsonCaller(configuration)) {
    this.#configuration = configuration;
    this.#caller = caller;
  }

  get name(): string {
    return this.#configuration.urlPrefix;
  }

  get isIgnorable(): boolean {
    return this.#configuration.ignorable;
  }

  get filters(): boolean {
    return this.#configuration.filterVerb !== undefined;
  }

  get prioritizes(): boolean {
    return this.#configuration.prioritizeVerb !== undefined;
  }

  get preempts(): boolean {
    return this.#configuration.preemptVerb !== undefined;
  }

  get binds(): boolean {
    return this.#configuration.bindVerb !== undefined;
  }

  /** Whether a Pod is its business. */
  isInterested({ pod }: PodInfo): boolean {
    const { managedResources } = this.#configuration;
    if (managedResources.size === 0) return true;
    const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    return containers.some(({ resources }) => [...Object.keys(resources?.requests ?? {}), ...Object.keys(resources?.limits ?? {})].some((resource) => managedResources.has(resource)));
  }

  async filter({ pod }: PodInfo, nodes: readonly NodeInfo[]): Promise<ExtenderFilterResult> {
    const { filterVerb, nodeCacheCapable } = this.#configuration;
    if (filterVerb === undefined) return { feasible: nodes, failed: new Map(), unresolvable: new Map() };
    const answer = await this.#caller.call(filterVerb, { Pod: pod, ...this.#candidates(nodes) });
    const error = textIn(answer, 'Error');
    if (error !== '') throw new Error(error);
    const names = nodeCacheCapable ? listIn(answer, 'NodeNames') : undefined;
    const kept = names ?? listIn(fieldOf(answer, 'Nodes'), 'items')?.map((node) => (node as corev1.Node).metadata.name) ?? [];
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const feasible = kept.map((name) => {
      const node = byName.get(String(name));
      if (!node) throw new Error(`extender "${this.name}" claims a filtered node "${String(name)}" which is not found in the input node list`);
      return node;
    });
    return { feasible, failed: textsIn(answer, 'FailedNodes'), unresolvable: textsIn(answer, 'FailedAndUnresolvableNodes') };
  }

  /** Scores by node name, weighed and on the scheduler's own scale. */
  async prioritize({ pod }: PodInfo, nodes: readonly NodeInfo[]): Promise<ReadonlyMap<string, number>> {
    const { prioritizeVerb, weight } = this.#configuration;
    if (prioritizeVerb === undefined) return new Map();
    const answer = await this.#caller.call(prioritizeVerb, { Pod: pod, ...this.#candidates(nodes) });
    if (!Array.isArray(answer)) throw new Error(`extender "${this.name}" answered with no list of scores`);
    return new Map(answer.map((each: unknown) => [textIn(each, 'Host'), numberIn(each, 'Score') * weight * scale]));
  }

  /** The candidates that the extender lets stand, with the victims that it chose. */
  async preempt({ pod }: PodInfo, candidates: readonly ExtenderVictims[]): Promise<ExtenderVictims[]> {
    const { preemptVerb = '', nodeCacheCapable } = this.#configuration;
    const victims = candidates.map(({ node, pods, violations }) => [node.name, { Pods: pods.map((each) => (nodeCacheCapable ? { UID: each.uid } : each.pod)), NumPDBViolations: violations }]);
    const byName: unknown = Object.fromEntries(victims);
    const answer = await this.#caller.call(preemptVerb, { Pod: pod, NodeNameToVictims: nodeCacheCapable ? null : byName, NodeNameToMetaVictims: nodeCacheCapable ? byName : null });
    const nodes = new Map(candidates.map(({ node }) => [node.name, node]));
    return Object.entries((fieldOf(answer, 'NodeNameToMetaVictims') ?? {}) as Record<string, unknown>).map(([name, left]) => {
      const node = nodes.get(name);
      if (!node) throw new Error(`extender "${this.name}" claims a node "${name}" which is not found in the input node list`);
      return { node, pods: this.#victimsOn(node, left), violations: numberIn(left, 'NumPDBViolations') };
    });
  }

  async bind({ namespace, name, uid }: PodInfo, nodeName: string): Promise<void> {
    const answer = await this.#caller.call(this.#configuration.bindVerb ?? '', { PodName: name, PodNamespace: namespace, PodUID: uid, Node: nodeName });
    const error = textIn(answer, 'Error');
    if (error !== '') throw new Error(error);
  }

  close(): void {
    this.#caller.close();
  }

  #candidates(nodes: readonly NodeInfo[]): object {
    if (this.#configuration.nodeCacheCapable) return { Nodes: null, NodeNames: nodes.map(({ name }) => name) };
    return { Nodes: { metadata: {}, items: nodes.map(({ node }) => node) }, NodeNames: null };
  }

  #victimsOn(node: NodeInfo, left: unknown): PodInfo[] {
    return (listIn(left, 'Pods') ?? []).map((each) => {
      const uid = textIn(each, 'UID');
      const pod = node.pods.get(uid);
      if (!pod) throw new Error(`extender: ${this.name} claims to preempt pod (UID: ${uid}) on node: ${node.name}, but the pod is not found on that node`);
      return pod;
    });
  }
}
