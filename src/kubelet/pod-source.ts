/**
 * What the node agent needs of the cluster, as narrow interfaces: whoever composes a node puts the API client behind them, tests
 * put objects in memory. Getters answer undefined for what does not exist and throw where the cluster cannot be asked.
 */
import type {
  ConfigMap, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodStatus, Secret, Service,
} from '../resources/types/core-v1.ts';
import type { RuntimeClass } from '../resources/types/node-v1.ts';
import type { ResourceClaim } from '../resources/types/resource-v1.ts';

/** `synced` follows the first full set: Pods found in the runtime but not told of before it are then nobody's. */
export type PodChange =
  | { readonly type: 'set'; readonly pod: Pod }
  | { readonly type: 'gone'; readonly uid: string }
  | { readonly type: 'synced' };

export interface PodSource {
  /** Pods bound to this node. The Pods are shared: never changed. */
  watch(options: { readonly signal: AbortSignal }): AsyncIterable<PodChange>;
}

export interface PodStatusSink {
  /** Writes the status of the Pod with this UID; a Pod that is gone meanwhile is no error. */
  updateStatus(pod: Pod, status: PodStatus): Promise<void>;
  /** The Pod's containers have ended and its volumes are gone: deletes the object without grace, by UID. */
  finishDeletion(pod: Pod): Promise<void>;
  /** A static Pod's picture in the API, made when absent; `pod` has the mirror annotation. Answers what the API keeps. */
  createMirror(pod: Pod): Promise<Pod | undefined>;
  deleteMirror(pod: Pod): Promise<void>;
}

export interface TokenRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly pod: { readonly name: string; readonly uid: string };
}

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export interface NodeObjects {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  persistentVolumeClaim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  runtimeClass(name: string): Promise<RuntimeClass | undefined>;
  resourceClaim(namespace: string, name: string): Promise<ResourceClaim | undefined>;
  /** Calls `changed` when a ConfigMap or Secret that the Pod mounts may have changed since now, until the function it answers is called. */
  follow(pod: Pod, changed: () => void): () => void;
  token(request: TokenRequest): Promise<IssuedToken>;
  /** Services of a namespace and `kubernetes` of `default`, from a cache; throws until the cache is filled. */
  services(namespace: string): readonly Service[];
  /** This node as the API has it. */
  node(): Node | undefined;
}

export interface EventRecorder {
  /** `fieldPath` names a container: 'spec.containers{web}'. */
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
  /** About the node itself. */
  nodeEvent(type: 'Normal' | 'Warning', reason: string, message: string): void;
}
