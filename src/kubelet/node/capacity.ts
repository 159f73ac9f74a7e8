/** What this machine offers to Pods, as quantities. Upstream: pkg/kubelet/nodestatus, pkg/kubelet/cm */
import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { addQuantities, formatQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { millis, wholes } from '../amounts.ts';
import type { CgroupLimits } from '../containerd/cgroups.ts';
import type { Signal } from '../eviction/signals.ts';
import { thresholdAmount, thresholds, type EvictionSettings } from '../eviction/thresholds.ts';
import { cpuShares } from '../pods/resources.ts';

export type Amounts = Readonly<Record<string, string>>;

export function nodeCapacity(options: { readonly maxPods: number; readonly folder: string }): Amounts {
  const disk = statfsSync(options.folder);
  return {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    pods: String(options.maxPods),
  };
}

/** Who may be held by the kernel to what they have: all Pods together, and the control groups of the machine's other programs. */
export const allocatableParts = ['pods', 'system-reserved', 'kube-reserved', 'system-reserved-compressible', 'kube-reserved-compressible'] as const;
export type AllocatablePart = (typeof allocatableParts)[number];

/** What a node keeps from Pods. */
export interface Reservations {
  /** For the operating system's own programs, and for those of Kubernetes: quantities of cpu, memory, ephemeral-storage, pid. */
  readonly systemReserved?: Amounts | undefined;
  readonly kubeReserved?: Amounts | undefined;
  /** Whom the kernel keeps out of what is others'; the Pods by default. What is allocatable is less in any case. */
  readonly enforced?: readonly AllocatablePart[] | undefined;
  /** The control groups of those programs: '/system.slice'. */
  readonly systemReservedCgroup?: string | undefined;
  readonly kubeReservedCgroup?: string | undefined;
  readonly eviction?: EvictionSettings | undefined;
}

/** Capacity less what is reserved, and less what may not be used up without Pods being evicted. */
export function allocatableOf(capacity: Amounts, reservations: Reservations = {}): Amounts {
  const hard = thresholds({ evictionHard: reservations.eviction?.evictionHard });
  const evictedBelow = (signal: Signal, most: number): number => {
    const threshold = hard.find((it) => it.signal === signal);
    return threshold ? thresholdAmount(threshold, most) : 0;
  };
  const rest = (name: string, signal?: Signal): number => {
    const all = wholes(capacity[name]);
    return Math.max(0, all - reserved(reservations, name, wholes) - (signal ? evictedBelow(signal, all) : 0));
  };
  const cpu = Math.max(0, millis(capacity['cpu']) - reserved(reservations, 'cpu', millis));
  return {
    ...capacity,
    cpu: cpu % 1000 === 0 ? String(cpu / 1000) : `${cpu}m`,
    memory: `${Math.floor(rest('memory', 'memory.available') / 1024)}Ki`,
    'ephemeral-storage': String(rest('ephemeral-storage', 'nodefs.available')),
  };
}

/** What all Pods together may use: capacity less what is reserved. -1 is no limit. `processes` is how many the machine can have. */
export function podsLimits(capacity: Amounts, reservations: Reservations, processes: number): CgroupLimits {
  const enforced = reservations.enforced?.includes('pods') ?? true;
  const left = (name: string, most: number): number => {
    const amount = reserved(reservations, name, wholes);
    return !enforced || amount === 0 ? -1 : most - amount;
  };
  const cpu = enforced ? reserved(reservations, 'cpu', millis) : 0;
  return { memoryBytes: left('memory', wholes(capacity['memory'])), pids: left('pid', processes), cpuShares: cpuShares(millis(capacity['cpu']) - cpu) };
}

/** What is wrong where more is reserved than the machine has. */
export function overReserved(capacity: Amounts, { systemReserved, kubeReserved }: Reservations): string | undefined {
  for (const name of Object.keys({ ...systemReserved, ...kubeReserved }).sort()) {
    const has = capacity[name];
    if (has === undefined) continue;
    const amounts = [systemReserved?.[name], kubeReserved?.[name]].filter((amount) => amount !== undefined).map(parseQuantity);
    const taken = amounts.reduce(addQuantities);
    if (taken.nanos > parseQuantity(has).nanos) return `${formatQuantity(taken)} of ${name} are reserved, and the machine has ${has}`;
  }
  return undefined;
}

const reserved = ({ systemReserved, kubeReserved }: Reservations, name: string, read: (quantity: string | undefined) => number): number =>
  read(systemReserved?.[name]) + read(kubeReserved?.[name]);
