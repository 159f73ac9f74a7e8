/**
 * Requests and limits as the kernel's limits, and the groups that Pods run in.
 * Upstream: pkg/kubelet/cm/helpers_linux.go, pkg/kubelet/qos/policy.go, pkg/apis/core/v1/helper/qos
 */
import type { Container, Pod } from '../../resources/types/core-v1.ts';
import { millis, wholes } from '../amounts.ts';
import type { CgroupLimits } from '../containerd/cgroups.ts';
import type { LinuxContainerResources } from '../cri/messages.ts';
import type { Input } from '../cri/wire.ts';
import { isSidecar } from './pod-containers.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const cpuPeriod = 100_000;

export function qosClass(pod: Pod): QosClass {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  let any = false;
  let guaranteed = true;
  for (const { resources = {} } of containers) {
    for (const name of ['cpu', 'memory']) {
      const limit = resources.limits?.[name];
      const request = resources.requests?.[name] ?? limit;
      if (wholes(request) > 0 || wholes(limit) > 0) any = true;
      if (limit === undefined || millis(limit) === 0 || millis(limit) !== millis(request)) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** '/k8ts-1a2b/kubepods/burstable/pod<uid>' */
export function podCgroup(parent: string, pod: Pod): string {
  const qos = qosClass(pod);
  const tree = qos === 'Guaranteed' ? '' : `/${qos.toLowerCase()}`;
  return `${parent}/kubepods${tree}/pod${pod.metadata.uid}`;
}

export const cpuShares = (milliCpu: number): number => (milliCpu <= 0 ? 2 : Math.max(2, Math.min(262_144, Math.floor((milliCpu * 1024) / 1000))));
/** Microseconds of each 100 ms; 0 for no limit. */
export const cpuQuota = (milliCpu: number): number => (milliCpu <= 0 ? 0 : Math.max(1000, Math.floor((milliCpu * cpuPeriod) / 1000)));

export function containerResources(pod: Pod, container: Container, memoryCapacity: number): Input<LinuxContainerResources> {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const request = requests['cpu'] ?? limits['cpu'];
  const quota = cpuQuota(millis(limits['cpu']));
  return {
    cpuShares: cpuShares(millis(request)),
    ...(quota > 0 ? { cpuPeriod, cpuQuota: quota } : {}),
    memoryLimitInBytes: wholes(limits['memory']),
    oomScoreAdj: oomScore(pod, container, memoryCapacity),
  };
}

/** How early the kernel ends a container's processes when memory runs out: -997 last, 1000 first. */
export function oomScore(pod: Pod, container: Container, memoryCapacity: number): number {
  if (pod.spec?.priorityClassName === 'system-node-critical') return -997;
  const qos = qosClass(pod);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const requested = wholes(container.resources?.requests?.['memory'] ?? container.resources?.limits?.['memory']);
  const score = 1000 - Math.floor((1000 * requested) / Math.max(1, memoryCapacity));
  return Math.max(3, Math.min(999, score));
}

/** What a Pod as a whole may use; limits only where all its containers have them. */
export function podLimits(pod: Pod): CgroupLimits {
  const requests = podAmounts(pod, 'requests');
  const limits = podAmounts(pod, 'limits');
  return {
    cpuShares: qosClass(pod) === 'BestEffort' ? 2 : cpuShares(requests.cpu),
    ...(limits.allCpu ? { cpuQuota: cpuQuota(limits.cpu) } : {}),
    ...(limits.allMemory ? { memoryBytes: limits.memory } : {}),
  };
}

interface PodAmounts {
  /** Thousandths of a processor. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly allCpu: boolean;
  readonly allMemory: boolean;
}

/** The sum of the containers, or the largest init container where that is more; sidecars count beside both. */
function podAmounts(pod: Pod, side: 'requests' | 'limits'): PodAmounts {
  const of = (container: Container, name: string): string | undefined =>
    container.resources?.[side]?.[name] ?? (side === 'requests' ? container.resources?.limits?.[name] : undefined);
  const total = (name: string, read: (quantity: string | undefined) => number): number => {
    let sidecars = 0;
    let peak = 0;
    for (const container of pod.spec?.initContainers ?? []) {
      if (isSidecar(container)) sidecars += read(of(container, name));
      peak = Math.max(peak, sidecars + (isSidecar(container) ? 0 : read(of(container, name))));
    }
    const running = (pod.spec?.containers ?? []).reduce((sum, container) => sum + read(of(container, name)), sidecars);
    return Math.max(running, peak) + read(pod.spec?.overhead?.[name]);
  };
  const containers = pod.spec?.containers ?? [];
  return {
    cpu: total('cpu', millis),
    memory: total('memory', wholes),
    allCpu: containers.every((container) => of(container, 'cpu') !== undefined),
    allMemory: containers.every((container) => of(container, 'memory') !== undefined),
  };
}

/** What scheduling and admission count a Pod for: quantities of one resource, in thousandths for cpu and whole units else. */
export function podRequest(pod: Pod, name: string): number {
  if (name === 'cpu' || name === 'memory') return podAmounts(pod, 'requests')[name];
  return (pod.spec?.containers ?? []).reduce((sum, { resources }) => sum + wholes(resources?.requests?.[name] ?? resources?.limits?.[name]), 0);
}
