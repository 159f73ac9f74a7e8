/**
 * Requests and limits as the kernel's limits, and the groups that Pods run in.
 * Upstream: pkg/kubelet/cm/helpers_linux.go, pkg/kubelet/qos/policy.go, pkg/apis/core/v1/helper/qos
 */
import { qosClassOf, type QosClass } from '../../resources/core/pod-qos.ts';
import { podLimits as podLimitsOf, podRequests } from '../../resources/core/pod-requests.ts';
import type { Container, Pod, PodSpec } from '../../resources/types/core-v1.ts';
import { millis, wholes } from '../amounts.ts';
import type { CgroupLimits } from '../containerd/cgroups.ts';
import type { LinuxContainerResources } from '../cri/messages.ts';
import type { Input } from '../cri/wire.ts';

const cpuPeriod = 100_000;

export function qosClass(pod: Pod): QosClass {
  return qosClassOf(withRequests(pod.spec));
}

/** What is limited and not requested is requested: the API says so of all Pods but those from files. */
function withRequests(spec: PodSpec | undefined): PodSpec | undefined {
  const complete = (container: Container): Container => {
    const { limits, requests } = container.resources ?? {};
    return limits === undefined ? container : { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
  };
  return spec && { ...spec, containers: spec.containers.map(complete), ...(spec.initContainers ? { initContainers: spec.initContainers.map(complete) } : {}) };
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

/** What a Pod costs beside its containers, for runtimes that size their sandboxes by it. */
export function overheadResources({ spec }: Pod): Input<LinuxContainerResources> {
  const { cpu, memory } = spec?.overhead ?? {};
  return sandboxResources(millis(cpu), millis(cpu), wholes(memory));
}

/** All that a Pod's containers ask for and may use, for the same. */
export function podResources({ spec }: Pod): Input<LinuxContainerResources> {
  const containers = spec && { ...spec, overhead: undefined };
  const limits = podLimitsOf(containers);
  return sandboxResources(millis(podRequests(withRequests(containers))['cpu']), millis(limits['cpu']), wholes(limits['memory']));
}

function sandboxResources(requested: number, limit: number, memoryLimitInBytes: number): Input<LinuxContainerResources> {
  return { cpuShares: cpuShares(requested), ...(limit > 0 ? { cpuPeriod, cpuQuota: cpuQuota(limit) } : {}), memoryLimitInBytes };
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

/** What a Pod as a whole may use: what it limits itself to, or what its containers do where all of them have limits. */
export function podLimits({ spec, ...pod }: Pod): CgroupLimits {
  const requests = podRequests(withRequests(spec));
  const limits = podLimitsOf(spec);
  const isLimited = (name: string): boolean => spec?.resources?.limits?.[name] !== undefined || (spec?.containers ?? []).every(({ resources }) => resources?.limits?.[name] !== undefined);
  return {
    cpuShares: qosClass({ spec, ...pod }) === 'BestEffort' ? 2 : cpuShares(millis(requests['cpu'])),
    ...(isLimited('cpu') ? { cpuQuota: cpuQuota(millis(limits['cpu'])) } : {}),
    ...(isLimited('memory') ? { memoryBytes: wholes(limits['memory']) } : {}),
  };
}

/** What scheduling and admission count a Pod for: thousandths of a processor, and whole units of all else. */
export function podRequest(pod: Pod, name: string): number {
  const quantity = podRequests(withRequests(pod.spec))[name];
  return name === 'cpu' ? millis(quantity) : wholes(quantity);
}

/** All that a Pod asks for. */
export const requestedResources = (pod: Pod): readonly string[] => Object.keys(podRequests(withRequests(pod.spec)));
