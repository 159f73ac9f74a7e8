/**
 * Ending a Pod: its containers within their grace period, then all that it has on this node.
 * Upstream: pkg/kubelet/kubelet.go (SyncTerminatingPod, SyncTerminatedPod)
 */
import { messageOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { ContainerState } from '../cri/messages.ts';
import { killAll } from './container-killer.ts';
import type { NodeContext } from './node-context.ts';
import { graceSeconds } from './pod-containers.ts';
import { removeContainerLog, removePodLogs } from './pod-logs.ts';
import { podUidLabel } from './runtime-labels.ts';
import type { RuntimePod } from './runtime-pod.ts';

export class PodEnding {
  readonly #context: NodeContext;
  readonly #closing: AbortSignal;
  readonly #begun = new AbortController();
  /** Aborted where containers that are ending are to end sooner: their hooks are not waited for any more. */
  readonly #cut = new AbortController();
  readonly #killed = new Set<string>();
  /** Seconds that running containers were given, once they are being ended. */
  #grace: number | undefined;
  #cleaned = false;

  /** `closing`: the agent stops, and gives up waiting for containers to end. */
  constructor(context: NodeContext, closing: AbortSignal) {
    this.#context = context;
    this.#closing = closing;
  }

  /** Aborted once nothing the Pod waits for is worth waiting for any more. */
  get signal(): AbortSignal {
    return this.#begun.signal;
  }

  get grace(): number | undefined {
    return this.#grace;
  }

  /** These containers end by the agent's will. */
  markKilled(ids: readonly string[]): void {
    for (const id of ids) this.#killed.add(id);
  }

  wasKilled(id: string): boolean {
    return this.#killed.has(id);
  }

  /** The grace period that counts where none is set yet. */
  setGrace(seconds: number): void {
    this.#grace ??= Math.max(0, seconds);
  }

  abort(): void {
    if (!this.#begun.signal.aborted) this.#begun.abort();
  }

  /** The Pod is to end within `grace`. Where its containers are ending already and have longer, a second, harder stop beside the first. */
  hurry(pod: Pod, grace: number): void {
    if (this.#grace !== undefined && grace < this.#grace) {
      const { runtime, log } = this.#context;
      runtime.listContainers({ labelSelector: { [podUidLabel]: pod.metadata.uid ?? '' }, state: { state: ContainerState.RUNNING } })
        .then((running) => Promise.all(running.map(({ id }) => runtime.stopContainer(id, grace))))
        .catch((error: unknown) => log.warn('containers could not be hurried', { error: messageOf(error) }));
      this.#grace = grace;
      this.#cut.abort();
    }
    this.abort();
  }

  /** Resolves once all containers have ended. */
  async kill(pod: Pod, seen: RuntimePod): Promise<void> {
    this.markKilled(seen.containers.map(({ id }) => id));
    this.#grace ??= graceSeconds(pod);
    await killAll(pod, seen.containers, { podIP: seen.ips[0] ?? '', graceSeconds: this.#grace, signal: this.#cut.signal, closing: this.#closing }, this.#context);
  }

  /** A Pod that has ended keeps its records and logs until it is deleted; its network, volumes and group go. */
  async settle(pod: Pod, seen: RuntimePod): Promise<void> {
    if (seen.containers.some(({ state }) => state === 'running')) await this.kill(pod, seen);
    for (const sandbox of seen.sandboxes) if (seen.sandbox?.id === sandbox.id) await this.#context.runtime.stopPodSandbox(sandbox.id);
    if (this.#cleaned) return;
    this.#cleaned = true;
    await this.#context.volumes.remove(pod.metadata.uid ?? '');
    await this.#context.cgroups.remove(pod);
  }

  /** Removes all that is left of a Pod whose containers have ended. */
  async clear(pod: Pod, seen: RuntimePod): Promise<void> {
    const { runtime, volumes, cgroups, puller, probes, logs } = this.#context;
    for (const sandbox of seen.sandboxes) {
      await runtime.stopPodSandbox(sandbox.id);
      await runtime.removePodSandbox(sandbox.id);
    }
    for (const record of seen.containers) {
      probes.remove(record.id);
      await removeContainerLog(logs, pod, record);
    }
    const uid = pod.metadata.uid ?? '';
    await volumes.remove(uid);
    await cgroups.remove(pod);
    puller.forget(uid);
    await removePodLogs(logs, pod);
  }
}
