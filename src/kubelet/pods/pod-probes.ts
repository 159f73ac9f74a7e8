/** Which containers of a Pod are probed: those that run, until the Pod is to end. */
import type { Pod } from '../../resources/types/core-v1.ts';
import type { NodeContext } from './node-context.ts';
import { allContainers } from './pod-containers.ts';
import { latestRecord, type RuntimePod } from './runtime-pod.ts';

export interface ProbedPod {
  readonly pod: Pod;
  readonly seen: RuntimePod;
  readonly isEnding: boolean;
  /** A probe thinks otherwise than before. */
  readonly changed: () => void;
}

/** Begins to probe what runs, and stops where it does not. Called in each round. */
export function followProbes({ pod, seen, isEnding, changed }: ProbedPod, { probes, hostIPs }: NodeContext): void {
  for (const record of seen.containers) if (isEnding || record.state !== 'running') probes.remove(record.id);
  if (isEnding) return;
  for (const container of allContainers(pod)) {
    const record = latestRecord(seen, container.spec.name);
    if (record?.state !== 'running') continue;
    const before = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(({ containerID }) => containerID?.endsWith(record.id));
    probes.add({ pod, container, record, podIP: seen.ips[0] ?? hostIPs()[0] ?? '', wasReady: before?.ready === true && before.started !== false, changed });
  }
}
