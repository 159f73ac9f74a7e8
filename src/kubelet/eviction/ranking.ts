/**
 * Which Pods go first when memory runs out: those that use more than they asked for, among these the least important, among these
 * the ones that are farthest above their request.
 * Upstream: pkg/kubelet/eviction/helpers.go (rankMemoryPressure)
 */
import type { Pod } from '../../resources/types/core-v1.ts';
import { podRequest } from '../pods/resources.ts';

export interface PodMemory {
  readonly pod: Pod;
  /** Bytes in use, by container. */
  readonly containers: ReadonlyMap<string, number>;
}

const criticalPriority = 2_000_000_000;

/** Pods that the system itself needs, and those that run without the API: they are never evicted. */
export const isCritical = ({ spec, metadata }: Pod): boolean => (spec?.priority ?? 0) >= criticalPriority || metadata.annotations?.['kubernetes.io/config.source'] === 'file' || metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** The first to go comes first; those that may not go are left out. */
export function rankByMemory(pods: readonly PodMemory[]): PodMemory[] {
  const rated = pods.filter(({ pod }) => !isCritical(pod)).map((memory) => {
    const used = [...memory.containers.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { memory, excess: used - podRequest(memory.pod, 'memory'), priority: memory.pod.spec?.priority ?? 0 };
  });
  rated.sort((a, b) => Number(b.excess > 0) - Number(a.excess > 0) || a.priority - b.priority || b.excess - a.excess);
  return rated.map(({ memory }) => memory);
}
