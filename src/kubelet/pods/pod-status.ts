/**
 * A Pod's status from what the runtime has and what its worker knows.
 * Upstream: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase), pkg/kubelet/status/generate.go
 */
import { timestamp } from '../../base/clock.ts';
import type { ContainerStatus, Pod, PodStatus } from '../../resources/types/core-v1.ts';
import { podConditions, type StatedCondition } from './conditions.ts';
import { containerStatus, type StatusInputs } from './container-status.ts';
import { ephemeralContainers, initContainers, regularContainers } from './pod-containers.ts';
import { qosClass } from './resources.ts';
import { afterExit } from './restart-policy.ts';

export interface PodStatusInputs extends StatusInputs {
  readonly hostIPs: readonly string[];
  readonly startTime: number;
  readonly now: number;
  /** The Pod will run nothing again: it is deleted, past its deadline, refused. */
  readonly over: boolean;
  /** Conditions worked out elsewhere. */
  readonly stated?: readonly StatedCondition[] | undefined;
  /** A verdict of the node on the Pod itself: phase Failed. */
  readonly verdict?: { readonly reason: string; readonly message: string } | undefined;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export const isTerminal = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed';

/** `old` is the status reported before: transition times and a terminal phase carry over from it. */
export function podStatus(pod: Pod, inputs: PodStatusInputs, old: PodStatus | undefined): PodStatus {
  const previous = (list: readonly ContainerStatus[] | undefined, name: string): ContainerStatus | undefined => list?.find((status) => status.name === name);
  const init = initContainers(pod).map((container) => containerStatus(pod, container, inputs, previous(old?.initContainerStatuses, container.spec.name)));
  const regular = regularContainers(pod).map((container) => containerStatus(pod, container, inputs, previous(old?.containerStatuses, container.spec.name)));
  const ephemeral = ephemeralContainers(pod).map((container) => containerStatus(pod, container, inputs, previous(old?.ephemeralContainerStatuses, container.spec.name)));
  const computed = inputs.verdict ? 'Failed' : podPhase(pod, init, regular, inputs.over);
  const verdict = inputs.verdict ?? (old?.reason ? { reason: old.reason, message: old.message } : undefined);
  const phase = isTerminal(old?.phase) ? (old?.phase as PodPhase) : computed;
  const ips = inputs.seen.ips.length > 0 ? inputs.seen.ips : hostNetworkIps(pod, inputs, old);
  return wireJson({
    phase,
    conditions: podConditions(pod, { phase, init, regular, hasSandbox: inputs.seen.sandbox !== undefined && ips.length > 0, now: inputs.now, stated: inputs.stated }, old),
    ...(verdict ? { reason: verdict.reason, message: verdict.message } : {}),
    ...(inputs.hostIPs[0] ? { hostIP: inputs.hostIPs[0], hostIPs: inputs.hostIPs.map((ip) => ({ ip })) } : {}),
    ...(ips[0] ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {}),
    startTime: timestamp(inputs.startTime),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: byName(regular),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: byName(ephemeral) } : {}),
    qosClass: old?.qosClass ?? qosClass(pod),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  });
}

/** The order clients know; init containers are listed as they run. */
const byName = (statuses: readonly ContainerStatus[]): ContainerStatus[] => [...statuses].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Without properties that are undefined: on the wire there are none. */
const wireJson = (status: PodStatus): PodStatus => JSON.parse(JSON.stringify(status)) as PodStatus;

function hostNetworkIps(pod: Pod, inputs: PodStatusInputs, old: PodStatus | undefined): readonly string[] {
  if (pod.spec?.hostNetwork === true && inputs.seen.sandboxes.length > 0) return inputs.hostIPs;
  // A Pod whose sandbox has ended keeps the address it had until it runs again.
  return (old?.podIPs ?? []).map(({ ip }) => ip);
}

interface Counts {
  running: number;
  waiting: number;
  /** Ended, and to run again. */
  again: number;
  stopped: number;
  succeeded: number;
}

/** `over`: nothing runs again, whatever its restart policy. */
export function podPhase(pod: Pod, init: readonly ContainerStatus[], regular: readonly ContainerStatus[], over: boolean): PodPhase {
  const initPhase = initProgress(pod, init, over);
  if (initPhase === 'failed') return 'Failed';
  const counts: Counts = { running: 0, waiting: 0, again: 0, stopped: 0, succeeded: 0 };
  for (const [i, container] of regularContainers(pod).entries()) {
    const status = regular[i];
    if (status) count(counts, status, (exitCode) => !over && afterExit(pod, container, exitCode) !== 'over');
  }
  if (initPhase !== 'done' && counts.running + counts.stopped + counts.again === 0) return 'Pending';
  if (counts.waiting > 0) return 'Pending';
  if (counts.running + counts.again > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}

/** `failed`: one has failed for good. */
function initProgress(pod: Pod, statuses: readonly ContainerStatus[], over: boolean): 'done' | 'pending' | 'failed' {
  let progress: 'done' | 'pending' = 'done';
  for (const [i, container] of initContainers(pod).entries()) {
    const status = statuses[i];
    if (container.role === 'sidecar') {
      if (status?.state?.running === undefined || status.started !== true) progress = 'pending';
      continue;
    }
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    if (ended && ended.exitCode !== 0 && (over || afterExit(pod, container, ended.exitCode) === 'over')) return 'failed';
    if (status?.state?.terminated === undefined || status.state.terminated.exitCode !== 0) progress = 'pending';
  }
  return progress;
}

function count(counts: Counts, { state, lastState }: ContainerStatus, runsAgain: (exitCode: number) => boolean): void {
  const ended = state?.terminated ?? (state?.waiting ? lastState?.terminated : undefined);
  if (state?.running) counts.running += 1;
  else if (!ended) counts.waiting += 1;
  else if (runsAgain(ended.exitCode)) counts.again += 1;
  else {
    counts.stopped += 1;
    if (ended.exitCode === 0) counts.succeeded += 1;
  }
}
