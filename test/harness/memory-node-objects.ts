/** The cluster a node agent sees, in memory: Pods to run, objects to read, statuses and events to look at. */
import type { ConfigMap, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodStatus, Secret, Service } from '../../src/resources/types/core-v1.ts';
import type { RuntimeClass } from '../../src/resources/types/node-v1.ts';
import type { ResourceClaim } from '../../src/resources/types/resource-v1.ts';
import { EventQueue } from '../../src/kubelet/cri/event-queue.ts';
import type { EventRecorder, NodeObjects, PodChange, PodSource, PodStatusSink } from '../../src/kubelet/pod-source.ts';

/** How long a test waits for what should come, ms. */
const longestWait = 60_000;

export interface SeenEvent {
  readonly pod: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export class MemoryCluster implements PodSource, PodStatusSink, NodeObjects, EventRecorder {
  readonly pods = new Map<string, Pod>();
  readonly configMaps = new Map<string, ConfigMap>();
  readonly secrets = new Map<string, Secret>();
  readonly claims = new Map<string, PersistentVolumeClaim>();
  readonly volumes = new Map<string, PersistentVolume>();
  readonly runtimeClasses = new Map<string, RuntimeClass>();
  /** By name. */
  readonly resourceClaims = new Map<string, ResourceClaim>();
  readonly seenEvents: SeenEvent[] = [];
  readonly statuses: PodStatus[] = [];
  serviceList: Service[] = [];
  tokens = 0;
  /** The node as the API has it. */
  ownNode: Node | undefined;
  readonly #queues = new Set<EventQueue<PodChange>>();
  readonly #followers = new Set<() => void>();
  readonly #watchers = new Set<() => void>();

  async *watch({ signal }: { readonly signal: AbortSignal }): AsyncIterable<PodChange> {
    const queue = new EventQueue<PodChange>();
    for (const pod of this.pods.values()) queue.push({ type: 'set', pod });
    queue.push({ type: 'synced' });
    this.#queues.add(queue);
    signal.addEventListener('abort', () => queue.end(), { once: true });
    yield* queue;
    this.#queues.delete(queue);
  }

  apply(pod: Pod): Pod {
    const uid = pod.metadata.uid ?? '';
    this.pods.set(uid, pod);
    this.#tell({ type: 'set', pod });
    return pod;
  }

  /** What the API server does with a DELETE. */
  delete(uid: string, deletionGracePeriodSeconds = 30): void {
    const pod = this.pods.get(uid);
    if (!pod) return;
    this.apply({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds } });
  }

  status(uid: string): PodStatus | undefined {
    return this.pods.get(uid)?.status;
  }

  /** Resolves when `test` first holds; looked at after each change. Fails with the Pods' statuses where it does not for a minute. */
  async until(test: () => boolean): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`it did not become so within ${longestWait / 1000} s: ${JSON.stringify([...this.pods.values()].map(({ metadata, status }) => [metadata.name, status]))}`)), longestWait);
    try {
      while (!test()) await Promise.race([late.promise, new Promise<void>((resolve) => this.#watchers.add(resolve))]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until a Pod's status satisfies `test`, and answers it. */
  async untilStatus(uid: string, test: (status: PodStatus) => boolean): Promise<PodStatus> {
    let found: PodStatus | undefined;
    await this.until(() => {
      found = this.status(uid);
      return found !== undefined && test(found);
    });
    return found as PodStatus;
  }

  updateStatus(pod: Pod, status: PodStatus): Promise<void> {
    const uid = pod.metadata.uid ?? '';
    const current = this.pods.get(uid);
    this.statuses.push(status);
    if (current) this.apply({ ...current, status });
    return Promise.resolve();
  }

  finishDeletion(pod: Pod): Promise<void> {
    const uid = pod.metadata.uid ?? '';
    this.pods.delete(uid);
    this.#tell({ type: 'gone', uid });
    return Promise.resolve();
  }

  createMirror = (pod: Pod): Promise<Pod | undefined> => Promise.resolve(pod);
  deleteMirror = (): Promise<void> => Promise.resolve();
  configMap = (namespace: string, name: string): Promise<ConfigMap | undefined> => Promise.resolve(this.configMaps.get(`${namespace}/${name}`));
  secret = (namespace: string, name: string): Promise<Secret | undefined> => Promise.resolve(this.secrets.get(`${namespace}/${name}`));
  persistentVolumeClaim = (namespace: string, name: string): Promise<PersistentVolumeClaim | undefined> => Promise.resolve(this.claims.get(`${namespace}/${name}`));
  persistentVolume = (name: string): Promise<PersistentVolume | undefined> => Promise.resolve(this.volumes.get(name));
  resourceClaim = (_namespace: string, name: string): Promise<ResourceClaim | undefined> => Promise.resolve(this.resourceClaims.get(name));
  runtimeClass = (name: string): Promise<RuntimeClass | undefined> => Promise.resolve(this.runtimeClasses.get(name));
  token = (): Promise<{ token: string; expires: number }> => Promise.resolve({ token: `token-${(this.tokens += 1)}`, expires: 4e12 });
  follow = (_pod: Pod, changed: () => void): (() => void) => {
    this.#followers.add(changed);
    return () => this.#followers.delete(changed);
  };

  /** Changes a ConfigMap of the default namespace, and says so. */
  setConfigMap(name: string, data: Readonly<Record<string, string>>): void {
    this.configMaps.set(`default/${name}`, { metadata: { name, namespace: 'default' }, data });
    for (const changed of [...this.#followers]) changed();
  }

  services = (): readonly Service[] => this.serviceList;
  node = (): Node | undefined => this.ownNode;

  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.seenEvents.push({ pod: pod.metadata.name ?? '', type, reason, message });
    this.#notify();
  }

  nodeEvent(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.seenEvents.push({ pod: '', type, reason, message });
    this.#notify();
  }

  #tell(change: PodChange): void {
    for (const queue of this.#queues) queue.push(change);
    this.#notify();
  }

  #notify(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}
