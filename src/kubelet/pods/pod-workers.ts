/**
 * All Pods of the node: a worker for each, woken by the runtime's events, with a slow look at everything behind it.
 * What runs here for a Pod that nobody knows is ended.
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { PodSource } from '../pod-source.ts';
import type { NodeContext } from './node-context.ts';
import { PodWorker } from './pod-worker.ts';
import { podNameLabel, podNamespaceLabel, podUidLabel } from './runtime-labels.ts';
import type { RuntimePod } from './runtime-pod.ts';

export interface PodWorkersOptions {
  readonly context: NodeContext;
  readonly source: PodSource;
  /** How often everything is looked at; a minute by default. */
  readonly relistMs?: number | undefined;
}

const defaultRelistMs = 60_000;
const gatherMs = 50;

export class PodWorkers {
  readonly #context: NodeContext;
  readonly #options: PodWorkersOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #owners = new Map<string, string>();
  readonly #snapshot = new Map<string, string>();
  readonly #closing = new AbortController();
  #synced = false;
  #loops: Promise<unknown>[] = [];
  #relisting: Promise<void> | undefined;
  #relistAgain = false;

  constructor(options: PodWorkersOptions) {
    this.#options = options;
    this.#context = options.context;
  }

  start(): void {
    const { signal } = this.#closing;
    this.#loops = [this.#followSource(signal), this.#followRuntime(signal), this.#relistForEver(signal)].map((loop) =>
      loop.catch((error: unknown) => {
        if (!signal.aborted) this.#context.log.error('the node agent lost one of its loops', { error: messageOf(error) });
      }));
  }

  /** Pods that are not done with, with the status last worked out. */
  pods(): readonly Pod[] {
    return [...this.#workers.values()].map(({ pod, status }) => (status ? { ...pod, status } : pod));
  }

  /** As `pods`, with the resources that the node has set aside for them. */
  allocated(): readonly Pod[] {
    return [...this.#workers.values()].map(({ allocated, status }) => (status ? { ...allocated, status } : allocated));
  }

  /** Gives up the records of Pods that have ended. */
  async dropRecords(): Promise<void> {
    for (const worker of [...this.#workers.values()]) await worker.dropRecords();
  }

  podByName(namespace: string, name: string): Pod | undefined {
    return this.pods().find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  }

  /** Resolves once the worker of a Pod has nothing left to do for it, or there is none. */
  worker(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  /** Leaves all containers running. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    await Promise.all(this.#loops);
  }

  async #followSource(signal: AbortSignal): Promise<void> {
    for await (const change of this.#options.source.watch({ signal })) {
      if (change.type === 'set') this.#set(change.pod);
      else if (change.type === 'gone') this.#workers.get(change.uid)?.remove();
      else {
        this.#synced = true;
        this.#relist();
      }
    }
  }

  #set(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.#workers.get(uid);
    if (worker) worker.update(pod);
    else this.#add(pod);
  }

  #add(pod: Pod): PodWorker {
    const uid = pod.metadata.uid ?? '';
    const worker: PodWorker = new PodWorker({
      pod,
      context: this.#context,
      onSeen: (seen) => this.#own(uid, seen),
      onDone: () => {
        this.#workers.delete(uid);
        for (const [id, owner] of this.#owners) if (owner === uid) this.#owners.delete(id);
        // There may be room now for one that waits to grow.
        for (const other of this.#workers.values()) if (other.waitsForRoom) other.wake();
      },
    });
    this.#workers.set(uid, worker);
    worker.wake();
    return worker;
  }

  #own(uid: string, seen: RuntimePod): void {
    for (const { id } of seen.sandboxes) this.#owners.set(id, uid);
    for (const { id } of seen.containers) this.#owners.set(id, uid);
  }

  async #followRuntime(signal: AbortSignal): Promise<void> {
    for await (const event of this.#context.runtime.events({ signal })) {
      if (event.type === 'relist') this.#relist();
      else if (event.what === 'exited' || event.what === 'removed') {
        const owner = this.#owners.get(event.id);
        if (owner !== undefined) this.#workers.get(owner)?.wake();
        else if (event.what === 'exited') this.#wakeOwner(event.id);
        if (event.what === 'removed') this.#owners.delete(event.id);
      }
    }
  }

  /** A container may end before its worker has looked at it for the first time: the runtime knows whose it is. */
  #wakeOwner(id: string): void {
    this.#context.runtime.containerStatus(id).then(
      ({ labels }) => this.#workers.get(labels[podUidLabel] ?? '')?.wake(),
      () => undefined, // it is gone, and with it all that could be done about it
    );
  }

  async #relistForEver(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    while (!signal.aborted) {
      await pause(clock, this.#options.relistMs ?? defaultRelistMs, signal);
      if (!signal.aborted) this.#relist();
    }
  }

  /** A look that has begun may have missed what happened since: whoever asks meanwhile gets another. */
  #relist(): void {
    this.#relistAgain = true;
    this.#relisting ??= this.#lookAsAsked();
  }

  async #lookAsAsked(): Promise<void> {
    while (this.#relistAgain && !this.#closing.signal.aborted) {
      await pause(this.#context.clock, gatherMs, this.#closing.signal);
      this.#relistAgain = false;
      await this.#lookAtAll().catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#context.log.warn('the runtime could not be listed', { error: messageOf(error) });
      });
    }
    this.#relisting = undefined;
  }

  async #lookAtAll(): Promise<void> {
    const { runtime } = this.#context;
    if (this.#closing.signal.aborted) return;
    const [sandboxes, containers] = await Promise.all([runtime.listPodSandboxes(), runtime.listContainers()]);
    const found = new Map<string, string[]>();
    const labels = new Map<string, Readonly<Record<string, string>>>();
    for (const item of [...sandboxes, ...containers]) {
      const uid = item.labels[podUidLabel];
      if (uid === undefined) continue;
      found.set(uid, [...(found.get(uid) ?? []), `${item.id}:${item.state}`]);
      labels.set(uid, item.labels);
    }
    for (const [uid, worker] of this.#workers) {
      const now = (found.get(uid) ?? []).sort().join(' ');
      if (this.#snapshot.get(uid) !== now || worker.isContradicted()) worker.wake();
      this.#snapshot.set(uid, now);
    }
    for (const uid of this.#snapshot.keys()) if (!this.#workers.has(uid)) this.#snapshot.delete(uid);
    if (this.#synced) await this.#endStrangers(found, labels);
  }

  async #endStrangers(found: ReadonlyMap<string, unknown>, labels: ReadonlyMap<string, Readonly<Record<string, string>>>): Promise<void> {
    for (const uid of found.keys()) {
      if (this.#workers.has(uid)) continue;
      const { [podNameLabel]: name = '', [podNamespaceLabel]: namespace = '' } = labels.get(uid) ?? {};
      this.#context.log.info('ending a Pod that is no more', { name, namespace, uid });
      this.#add({ metadata: { name, namespace, uid }, spec: { containers: [] } }).remove();
    }
    for (const uid of await this.#context.volumes.known()) if (!this.#workers.has(uid)) await this.#context.volumes.remove(uid);
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, { signal }).catch(() => undefined);
}
