/** GET /stats/summary: usage of the node, its Pods and containers. Upstream: k8s.io/kubelet/pkg/apis/stats/v1alpha1 */
import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { timestamp, type Clock } from '../../base/clock.ts';
import type { ContainerStats } from '../cri/messages.ts';
import type { Kubelet } from '../kubelet.ts';
import { machineUsage } from '../node/machine-usage.ts';
import { containerNameLabel, podUidLabel } from '../pods/runtime-labels.ts';

interface CpuStats {
  readonly time: string;
  readonly usageNanoCores?: number;
  readonly usageCoreNanoSeconds: number;
}

/** Usage rates are between this question and the one before. */
const lastSeen = new WeakMap<Kubelet, Map<string, { readonly at: number; readonly used: number }>>();

export async function statsSummary(kubelet: Kubelet, clock: Clock): Promise<object> {
  const { workers, context, containerd } = kubelet;
  const stats = await context.runtime.containerStats();
  const seen = lastSeen.get(kubelet) ?? new Map<string, { at: number; used: number }>();
  lastSeen.set(kubelet, seen);
  const cpu = (key: string, used: number): CpuStats => {
    const now = clock.monotonic();
    const before = seen.get(key);
    seen.set(key, { at: now, used });
    const rate = before && now > before.at ? { usageNanoCores: Math.max(0, Math.round(((used - before.used) / (now - before.at)) * 1000)) } : {};
    return { time: timestamp(clock.now()), ...rate, usageCoreNanoSeconds: used };
  };
  const node = machineUsage();
  const disk = statfsSync(containerd.paths.dataDir);
  return {
    node: {
      nodeName: context.nodeName,
      startTime: timestamp(clock.now() - node.uptimeMs),
      cpu: cpu('node', node.cpuNanoseconds),
      memory: memoryStats(node.usedBytes, node.workingBytes, clock, totalmem() - node.workingBytes),
      fs: { time: timestamp(clock.now()), availableBytes: disk.bavail * disk.bsize, capacityBytes: disk.blocks * disk.bsize, usedBytes: (disk.blocks - disk.bfree) * disk.bsize },
    },
    pods: workers.pods().map(({ metadata, status }) => {
      const own = stats.filter(({ attributes }) => attributes?.labels[podUidLabel] === metadata.uid);
      const used = sum(own, (it) => it.cpu?.usageCoreNanoSeconds?.value ?? 0);
      const working = sum(own, workingSet);
      return {
        podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
        startTime: status?.startTime,
        containers: own.map((it) => containerUsage(it, cpu, clock)),
        cpu: cpu(`pod/${metadata.uid}`, used),
        memory: memoryStats(working, working, clock),
      };
    }),
  };
}

const sum = (list: readonly ContainerStats[], read: (stats: ContainerStats) => number): number => list.reduce((total, stats) => total + read(stats), 0);
export const workingSet = (stats: ContainerStats): number => stats.memory?.workingSetBytes?.value ?? 0;

function containerUsage(stats: ContainerStats, cpu: (key: string, used: number) => CpuStats, clock: Clock): object {
  return {
    name: stats.attributes?.labels[containerNameLabel] ?? '',
    startTime: timestamp(clock.now()),
    cpu: cpu(stats.attributes?.id ?? '', stats.cpu?.usageCoreNanoSeconds?.value ?? 0),
    memory: memoryStats(workingSet(stats), workingSet(stats), clock),
    rootfs: { time: timestamp(clock.now()), usedBytes: stats.writableLayer?.usedBytes?.value ?? 0, inodesUsed: stats.writableLayer?.inodesUsed?.value ?? 0 },
  };
}

function memoryStats(used: number, working: number, clock: Clock, available?: number): object {
  return { time: timestamp(clock.now()), usageBytes: used, workingSetBytes: working, ...(available === undefined ? {} : { availableBytes: available }) };
}
