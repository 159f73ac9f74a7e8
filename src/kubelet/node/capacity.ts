/** What this machine offers to Pods, as quantities. Upstream: pkg/kubelet/nodestatus, pkg/kubelet/cm */
import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

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

/** What is kept available (`reserved` bytes of memory, a tenth of the disk) is not for Pods to ask for. */
export function allocatableOf(capacity: Amounts, reserved: number): Amounts {
  const memory = Number(/^(\d+)Ki$/.exec(capacity['memory'] ?? '')?.[1] ?? 0) - Math.ceil(reserved / 1024);
  const disk = Number(/^(\d+)Ki$/.exec(capacity['ephemeral-storage'] ?? '')?.[1] ?? 0);
  return { ...capacity, memory: `${Math.max(0, memory)}Ki`, 'ephemeral-storage': String(Math.floor(disk * 1024 * 0.9)) };
}
