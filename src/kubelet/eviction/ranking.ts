/**
 * Whom to evict first: those that use more than they asked for, then the less important, then those that use most.
 * Upstream: pkg/kubelet/eviction/helpers.go (rankMemoryPressure, rankDiskPressureFunc, rankPIDPressure)
 */
import type { Pod } from '../../resources/types/core-v1.ts';
import { podRequest } from '../pods/resources.ts';
import type { Signal } from './signals.ts';

/** What one Pod uses. */
export interface PodUse {
  /** Bytes that cannot be taken back. */
  readonly memory: number;
  /** Bytes of containers' own layers, logs and volumes in folders. */
  readonly disk: number;
  readonly inodes: number;
  readonly processes: number;
  /** Memory by container. */
  readonly containers: ReadonlyMap<string, number>;
  /** Bytes of own layer and logs by container. */
  readonly layers: ReadonlyMap<string, number>;
}

export const noUse: PodUse = { memory: 0, disk: 0, inodes: 0, processes: 0, containers: new Map(), layers: new Map() };

/** Priority from which on a Pod is the cluster's own. */
const systemCritical = 2_000_000_000;

/** Pods without which the cluster does not work: they are never evicted. */
export const isCritical = ({ metadata, spec }: Pod): boolean =>
  metadata.annotations?.['kubernetes.io/config.source'] === 'file' || metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined || (spec?.priority ?? 0) >= systemCritical;

type Order = (a: Pod, b: Pod) => number;

export function rankPods(pods: readonly Pod[], signal: Signal, useOf: (pod: Pod) => PodUse): readonly Pod[] {
  const by = (read: (pod: Pod) => number): Order => (a, b) => read(a) - read(b);
  const priority = by(({ spec }) => spec?.priority ?? 0);
  const orders: readonly Order[] = ((): readonly Order[] => {
    if (signal === 'memory.available') {
      const over = (pod: Pod): number => useOf(pod).memory - podRequest(pod, 'memory');
      return [by((pod) => (over(pod) > 0 ? 0 : 1)), priority, by((pod) => -over(pod))];
    }
    if (signal === 'pid.available') return [priority, by((pod) => -useOf(pod).processes)];
    if (signal.endsWith('inodesFree')) return [priority, by((pod) => -useOf(pod).inodes)];
    const over = (pod: Pod): number => useOf(pod).disk - podRequest(pod, 'ephemeral-storage');
    return [by((pod) => (over(pod) > 0 ? 0 : 1)), priority, by((pod) => -over(pod))];
  })();
  return [...pods].sort((a, b) => {
    for (const order of orders) {
      const result = order(a, b);
      if (result !== 0) return result;
    }
    return 0;
  });
}
