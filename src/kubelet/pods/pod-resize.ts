/**
 * Giving running containers what is set aside for them: in place where their resize policy allows it, else by a restart.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doPodResizeAction, computePodResizeAction)
 */
import { messageOf } from '../../base/errors.ts';
import type { Container, Pod, ResourceRequirements } from '../../resources/types/core-v1.ts';
import { wholes } from '../amounts.ts';
import type { CgroupLimits } from '../containerd/cgroups.ts';
import type { NodeContext } from './node-context.ts';
import type { KillAction } from './plan.ts';
import { changedNames, type PodAllocation } from './pod-allocation.ts';
import { initContainers, regularContainers, type PodContainer } from './pod-containers.ts';
import { containerResources, podLimits } from './resources.ts';
import { latestRecord, type ContainerRecord, type RuntimePod } from './runtime-pod.ts';

export interface Change {
  readonly container: PodContainer;
  readonly record: ContainerRecord;
  readonly actual: ResourceRequirements;
}

/** `pod` has the allocated resources. */
function changes(pod: Pod, seen: RuntimePod, allocation: PodAllocation): readonly Change[] {
  const candidates = [...initContainers(pod).filter(({ role }) => role === 'sidecar'), ...regularContainers(pod)];
  return candidates.flatMap((container) => {
    const record = latestRecord(seen, container.spec.name);
    if (record?.state !== 'running') return [];
    const actual = allocation.actual(record.id, container.spec);
    return changedNames(actual, container.spec.resources ?? {}).length > 0 ? [{ container, record, actual }] : [];
  });
}

const needsRestart = (spec: Container, names: readonly string[]): boolean =>
  (spec.resizePolicy ?? []).some(({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && names.includes(resourceName));

/** Containers that get what they are to have by being started again. */
export function resizeRestarts(pod: Pod, seen: RuntimePod, allocation: PodAllocation): readonly KillAction[] {
  return changes(pod, seen, allocation)
    .filter(({ container, actual }) => needsRestart(container.spec, changedNames(actual, container.spec.resources ?? {})))
    .map(({ container, record }) => ({ container, record, message: `Container ${container.spec.name} resize requires restart`, restart: true }));
}

/** Changes the others while they run. What the kernel or the runtime refuses is told, and tried again; true where all went well. */
export async function resizeInPlace(pod: Pod, seen: RuntimePod, allocation: PodAllocation, context: NodeContext): Promise<boolean> {
  const all = changes(pod, seen, allocation);
  if (all.length === 0) return true;
  const after = podLimits(pod);
  const tooLow = belowUsage(pod, all, context.cgroups);
  if (tooLow !== undefined) {
    allocation.failed(pod, tooLow);
    return false;
  }
  try {
    // The Pod's group first grows to hold old and new, and is fitted last.
    context.cgroups.limit(pod, widest(podLimits(withResources(pod, all)), after));
    for (const { container, record, actual } of all) {
      if (needsRestart(container.spec, changedNames(actual, container.spec.resources ?? {}))) continue;
      const resources = containerResources(pod, container.spec, context.memoryCapacity);
      // A container of version 1 groups has as much memory with swap as without; the runtime knows which of the two to change first.
      await context.runtime.updateContainerResources(record.id, { ...resources, memorySwapLimitInBytes: resources.memoryLimitInBytes ?? 0 });
      allocation.changed(record.id, container.spec.resources ?? {});
    }
    context.cgroups.limit(pod, after);
    return true;
  } catch (error) {
    allocation.failed(pod, messageOf(error));
    return false;
  }
}

/**
 * Why memory limits cannot be lowered now: what is in use already would be taken from under a process. The use may be over tomorrow, so
 * this is asked again. Undefined where they can.
 */
export function belowUsage(pod: Pod, all: readonly Change[], cgroups: Pick<NodeContext['cgroups'], 'memory'>): string | undefined {
  const lowered = (limit: number | undefined, before: number | undefined): limit is number => limit !== undefined && limit > 0 && (before === undefined || before === 0 || limit < before);
  const inPlace = all.filter(({ container, actual }) => !needsRestart(container.spec, changedNames(actual, container.spec.resources ?? {})));
  const problems: string[] = [];
  const { memoryBytes: whole } = podLimits(pod);
  // A container that is about to start again gives back what it has.
  if (inPlace.length === all.length && lowered(whole, podLimits(withResources(pod, all)).memoryBytes)) {
    const used = cgroups.memory(pod) ?? 0;
    if (used >= whole) problems.push(`attempting to set pod memory limit (${whole}) below current usage (${used})`);
  }
  for (const { container, record, actual } of inPlace) {
    const limit = wholes(container.spec.resources?.limits?.['memory']);
    if (!lowered(limit, wholes(actual.limits?.['memory']))) continue;
    const used = cgroups.memory(pod, record.id) ?? 0;
    if (used >= limit) problems.push(`attempting to set container ${JSON.stringify(container.spec.name)} memory limit (${limit}) below current usage (${used})`);
  }
  const [only] = problems;
  if (only === undefined) return undefined;
  return `cannot decrease memory limits: ${problems.length === 1 ? only : `[${problems.join(', ')}]`}`;
}

/** The Pod as it runs now. */
function withResources(pod: Pod, all: readonly Change[]): Pod {
  const old = (container: Container): Container => {
    const change = all.find((it) => it.container.spec.name === container.name);
    return change ? { ...container, resources: change.actual } : container;
  };
  const spec = pod.spec ?? { containers: [] };
  return { ...pod, spec: { ...spec, containers: spec.containers.map(old), ...(spec.initContainers ? { initContainers: spec.initContainers.map(old) } : {}) } };
}

/** What is without a limit on one side is not limited yet. */
function widest(a: CgroupLimits, b: CgroupLimits): CgroupLimits {
  const most = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined || other === undefined ? undefined : Math.max(one, other));
  return { cpuShares: most(a.cpuShares, b.cpuShares), cpuQuota: most(a.cpuQuota, b.cpuQuota), memoryBytes: most(a.memoryBytes, b.memoryBytes) };
}
