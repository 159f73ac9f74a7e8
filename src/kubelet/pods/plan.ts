/**
 * What to do next for a Pod: a pure function of the Pod, of what the runtime has, and of what its probes say.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions)
 */
import type { Pod } from '../../resources/types/core-v1.ts';
import { allContainers, initContainers, regularContainers, ephemeralContainers, type PodContainer } from './pod-containers.ts';
import { afterExit, mayRun } from './restart-policy.ts';
import { containerHash } from './runtime-labels.ts';
import { latestRecord, type ContainerRecord, type RuntimePod } from './runtime-pod.ts';

/** What probes have found out about a container that runs. */
export interface ProbeVerdicts {
  /** 'liveness' or 'startup' where that probe has given the container up. */
  failed(containerId: string): 'liveness' | 'startup' | undefined;
  /** True where there is no startup probe, or it has passed. */
  started(containerId: string): boolean;
}

export interface KillAction {
  readonly container: PodContainer;
  readonly record: ContainerRecord;
  readonly message: string;
  /** It is started again in the same round, whatever the restart policy says. */
  readonly restart?: boolean | undefined;
}

export interface StartAction {
  readonly container: PodContainer;
  /** The record of the run before, if there is one: restart counts and back-off go by it. */
  readonly previous: ContainerRecord | undefined;
  /** When the Pod last began anew, as far as is known now; ms since the epoch, 0 where it never did. */
  readonly begun: number;
}

export interface PodPlan {
  /** A new sandbox is needed; all that still runs in older ones ends first. */
  readonly createSandbox: boolean;
  readonly kill: readonly KillAction[];
  readonly start: readonly StartAction[];
  /** Nothing will run again: the sandbox may go. */
  readonly finished: boolean;
}

const nothing: PodPlan = { createSandbox: false, kill: [], start: [], finished: false };

export function planPod(pod: Pod, seen: RuntimePod, probes: ProbeVerdicts): PodPlan {
  const context: Context = { pod, seen, probes, current: seen.sandbox?.id, begun: beginning(pod, seen) };
  const regular = regularContainers(pod);
  if (context.current === undefined) return planSandbox(context, regular);
  const bygone = allContainers(pod).flatMap((container) => endBygone(context, container));
  if (bygone.length > 0) return { ...nothing, kill: bygone };
  const initiated = regular.some(({ spec }) => seen.containers.some((record) => record.name === spec.name && isOfNow(context, record)));
  const init = planInit(context, initiated);
  if (init.failed) return { ...nothing, kill: killSidecars(context), finished: true };
  const ephemeral = planEphemeral(context);
  if (!init.done) return { ...nothing, kill: init.kill, start: [...init.start, ...ephemeral] };
  const main = regular.map((container) => planRegular(context, container));
  const finished = main.every((step) => step === 'over');
  const kill = main.flatMap((step) => (typeof step === 'object' && 'record' in step ? [step] : []));
  const start = main.flatMap((step) => (typeof step === 'object' && 'previous' in step ? [step] : []));
  if (finished) return { ...nothing, kill: killSidecars(context), finished: true };
  return { createSandbox: false, kill: [...init.kill, ...kill], start: [...init.start, ...start, ...ephemeral], finished: false };
}

interface Context {
  readonly pod: Pod;
  readonly seen: RuntimePod;
  readonly probes: ProbeVerdicts;
  /** The ready sandbox's id. */
  readonly current: string | undefined;
  /** When the Pod last began anew, by a container's rule; ms since the epoch, 0 where it never did. */
  readonly begun: number;
}

/** A container that ended by a rule that restarts them all. */
function beginning(pod: Pod, seen: RuntimePod): number {
  const roles = new Map(allContainers(pod).map((container) => [container.spec.name, container]));
  return Math.max(0, ...seen.containers.map((record) => {
    const container = roles.get(record.name);
    return record.state === 'exited' && container && afterExit(pod, container, record.exitCode) === 'all' ? record.finishedAt : 0;
  }));
}

/** It was started before that was known. */
const isBygone = ({ begun }: Context, record: ContainerRecord): boolean => record.begun < begun;
const isOfNow = (context: Context, record: ContainerRecord): boolean => record.sandboxId === context.current && !isBygone(context, record);

function endBygone(context: Context, container: PodContainer): KillAction[] {
  const record = latestRecord(context.seen, container.spec.name);
  if (record?.state !== 'running' || container.role === 'ephemeral' || !isBygone(context, record)) return [];
  return [{ container, record, message: `Stopping container ${container.spec.name}` }];
}

function planSandbox(context: Context, regular: readonly PodContainer[]): PodPlan {
  const { pod, seen } = context;
  const wanted = regular.filter((container) => mayRun(pod, container, latestRecord(seen, container.spec.name)));
  if (wanted.length === 0 && regular.length > 0) return { ...nothing, finished: true };
  const failedInit = initContainers(pod).some((container) => {
    const record = latestRecord(seen, container.spec.name);
    return container.role === 'init' && record?.state === 'exited' && record.exitCode !== 0 && !mayRun(pod, container, record);
  });
  return failedInit ? { ...nothing, finished: true } : { ...nothing, createSandbox: true };
}

interface InitPlan {
  readonly done: boolean;
  readonly failed: boolean;
  readonly kill: readonly KillAction[];
  readonly start: readonly StartAction[];
}

/** Init containers run one after the other; a sidecar counts as passed once it is started. */
function planInit(context: Context, initiated: boolean): InitPlan {
  const kill: KillAction[] = [];
  const start: StartAction[] = [];
  for (const container of initContainers(context.pod)) {
    const record = latestRecord(context.seen, container.spec.name);
    const inSandbox = record && isOfNow(context, record) ? record : undefined;
    if (container.role === 'sidecar') {
      const step = planRunning(context, container, inSandbox);
      if (step) kill.push(step);
      if (!inSandbox || inSandbox.state !== 'running') start.push({ container, previous: record, begun: context.begun });
      const passed = inSandbox?.state === 'running' && !step && context.probes.started(inSandbox.id);
      if (!passed && !initiated) return { done: false, failed: false, kill, start };
      continue;
    }
    if (initiated || (inSandbox?.state === 'exited' && inSandbox.exitCode === 0)) continue;
    if (inSandbox?.state === 'running') return { done: false, failed: false, kill, start };
    if (inSandbox?.state === 'exited' && !mayRun(context.pod, container, inSandbox)) return { done: false, failed: true, kill, start };
    start.push({ container, previous: record, begun: context.begun });
    return { done: false, failed: false, kill, start };
  }
  return { done: true, failed: false, kill, start };
}

function planRegular(context: Context, container: PodContainer): KillAction | StartAction | 'running' | 'over' {
  const record = latestRecord(context.seen, container.spec.name);
  if (record?.state === 'running' && record.sandboxId === context.current) return planRunning(context, container, record) ?? 'running';
  const again = (record !== undefined && isBygone(context, record)) || mayRun(context.pod, container, record);
  return again ? { container, previous: record, begun: context.begun } : 'over';
}

/** A running container is ended when its image has changed or a probe has given it up; whether it runs again is the policy's. */
function planRunning(context: Context, container: PodContainer, record: ContainerRecord | undefined): KillAction | undefined {
  if (record?.state !== 'running') return undefined;
  const name = container.spec.name;
  if (record.hash !== '' && record.hash !== containerHash(container.spec)) {
    return { container, record, message: `Container ${name} definition changed, will be restarted`, restart: true };
  }
  const failed = context.probes.failed(record.id);
  if (failed === undefined) return undefined;
  const again = mayRun(context.pod, container, { ...record, state: 'exited', exitCode: 137 }) ? ', will be restarted' : '';
  return { container, record, message: `Container ${name} failed ${failed} probe${again}` };
}

function killSidecars(context: Context): KillAction[] {
  return initContainers(context.pod).flatMap((container) => {
    const record = latestRecord(context.seen, container.spec.name);
    return container.role === 'sidecar' && record?.state === 'running' ? [{ container, record, message: `Stopping container ${container.spec.name}` }] : [];
  });
}

/** Ephemeral containers run once and are never started again. */
function planEphemeral(context: Context): StartAction[] {
  return ephemeralContainers(context.pod).flatMap((container) => (latestRecord(context.seen, container.spec.name) ? [] : [{ container, previous: undefined, begun: context.begun }]));
}
