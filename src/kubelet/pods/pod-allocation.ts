/**
 * What the node has set aside for a Pod's containers, and what they run with. The two differ from what the Pod asks for while a
 * resize waits for room (deferred, infeasible), and from one another while one is being carried out.
 *
 * Nothing is kept on disk: a status says what its containers run with, so an agent that starts again begins from there.
 * Upstream: pkg/kubelet/allocation/allocation_manager.go
 */
import type { Container, Pod, ResourceRequirements } from '../../resources/types/core-v1.ts';
import type { StatedCondition } from './conditions.ts';
import type { NodeContext, Refusal } from './node-context.ts';
import { isSidecar } from './pod-containers.ts';
import { latestRecord, type RuntimePod } from './runtime-pod.ts';

/** Containers whose resources may change while they live. */
const resizable = (pod: Pod): readonly Container[] => [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])];

export class PodAllocation {
  readonly #context: Pick<NodeContext, 'events' | 'admitResize'>;
  readonly #allocated = new Map<string, ResourceRequirements>();
  /** By container id. */
  readonly #actual = new Map<string, ResourceRequirements>();
  #pending: (Refusal & { readonly generation: number | undefined }) | undefined;
  #progress: { readonly generation: number | undefined; readonly error?: string | undefined } | undefined;

  /** `pod` as the agent first sees it. */
  constructor(pod: Pod, context: Pick<NodeContext, 'events' | 'admitResize'>) {
    this.#context = context;
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    for (const { name, resources } of resizable(pod)) {
      const running = statuses.find((status) => status.name === name && status.state?.running !== undefined);
      this.#allocated.set(name, computes(running?.resources ?? resources));
    }
  }

  /** True while a resize waits for room on the node. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** The Pod with the resources that are set aside for it. */
  allocated(pod: Pod): Pod {
    const given = (container: Container): Container => {
      const own = this.#allocated.get(container.name);
      return own === undefined || same(own, computes(container.resources)) ? container : { ...container, resources: { ...container.resources, ...own } };
    };
    const containers = pod.spec?.containers.map(given) ?? [];
    const initContainers = pod.spec?.initContainers?.map((container) => (isSidecar(container) ? given(container) : container));
    return { ...pod, spec: { ...pod.spec, containers, ...(initContainers ? { initContainers } : {}) } };
  }

  /** Sets aside what the Pod asks for where the node has room, and says in events and conditions what came of it. */
  consider(pod: Pod): void {
    if (!resizable(pod).some(({ name, resources }) => !same(this.#allocated.get(name) ?? {}, computes(resources)))) {
      this.#pending = undefined;
      return;
    }
    const { generation } = pod.metadata;
    const refusal = this.#context.admitResize(pod);
    if (refusal) return this.#refuse(pod, refusal);
    this.#pending = undefined;
    for (const { name, resources } of resizable(pod)) this.#allocated.set(name, computes(resources));
    this.#progress = { generation };
    this.#context.events.event(pod, 'Normal', 'ResizeStarted', `Pod resize started: ${summary(pod)}`);
  }

  #refuse(pod: Pod, refusal: Refusal): void {
    const { generation } = pod.metadata;
    const before = this.#pending;
    this.#pending = { ...refusal, generation };
    if (before?.reason === refusal.reason && before.message === refusal.message && before.generation === generation) return;
    this.#context.events.event(pod, 'Warning', `Resize${refusal.reason}`, `Pod resize ${refusal.reason}: ${summary(pod, refusal.message)}`);
  }

  /** What a running container runs with: what it was started with, or was changed to. */
  actual(containerId: string, container: Container): ResourceRequirements {
    return this.#actual.get(containerId) ?? this.#allocated.get(container.name) ?? computes(container.resources);
  }

  /** Records of running containers that are new here have what is allocated; those of others are forgotten. */
  follow(pod: Pod, seen: RuntimePod): void {
    const known = new Set<string>();
    for (const { name } of resizable(pod)) {
      const record = latestRecord(seen, name);
      const allocated = this.#allocated.get(name);
      if (record?.state !== 'running' || allocated === undefined) continue;
      known.add(record.id);
      if (!this.#actual.has(record.id)) this.#actual.set(record.id, allocated);
    }
    for (const id of this.#actual.keys()) if (!known.has(id)) this.#actual.delete(id);
  }

  changed(containerId: string, resources: ResourceRequirements): void {
    this.#actual.set(containerId, computes(resources));
  }

  /** The resize could not be carried out. It is tried again. */
  failed(pod: Pod, error: string): void {
    if (this.#progress?.error === error) return;
    this.#progress = { generation: this.#progress?.generation ?? pod.metadata.generation, error };
    this.#context.events.event(pod, 'Warning', 'ResizeError', `Pod resize error: ${summary(pod, error)}`);
  }

  /** Looks whether all that runs has what is set aside for it, and says so when a resize is done. */
  settle(pod: Pod, seen: RuntimePod): void {
    if (this.#progress === undefined) return;
    const differs = resizable(pod).some((container) => {
      const record = latestRecord(seen, container.name);
      return record?.state === 'running' && !same(this.actual(record.id, container), this.#allocated.get(container.name) ?? {});
    });
    if (differs) return;
    this.#progress = undefined;
    this.#context.events.event(pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${summary(this.allocated(pod))}`);
  }

  conditions(): readonly StatedCondition[] {
    const list: StatedCondition[] = [];
    const generation = (value: number | undefined): object => (value === undefined ? {} : { observedGeneration: value });
    if (this.#pending) list.push({ type: 'PodResizePending', status: 'True', reason: this.#pending.reason, message: this.#pending.message, ...generation(this.#pending.generation) });
    if (this.#progress) {
      const { error } = this.#progress;
      list.push({ type: 'PodResizeInProgress', status: 'True', ...(error === undefined ? {} : { reason: 'Error', message: error }), ...generation(this.#progress.generation) });
    }
    return list;
  }
}

/** Requests and limits alone. */
function computes(resources: ResourceRequirements | undefined): ResourceRequirements {
  const { requests, limits } = resources ?? {};
  return { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) };
}

/** Whether cpu and memory are the same. */
export function same(a: ResourceRequirements, b: ResourceRequirements): boolean {
  return changedNames(a, b).length === 0;
}

/** Which of cpu and memory differ. */
export function changedNames(a: ResourceRequirements, b: ResourceRequirements): readonly string[] {
  return ['cpu', 'memory'].filter((name) => (['requests', 'limits'] as const).some((part) => a[part]?.[name] !== b[part]?.[name]));
}

/** All containers' resources, as upstream's events write them. */
function summary(pod: Pod, error?: string): string {
  const listed = (containers: readonly Container[] | undefined): object[] | undefined => containers && containers.length > 0 ? containers.map(({ name, resources }) => ({ name, resources: computes(resources) })) : undefined;
  return JSON.stringify({ initContainers: listed(pod.spec?.initContainers), containers: listed(pod.spec?.containers), generation: pod.metadata.generation ?? 0, error });
}
