/**
 * Ending containers: the preStop hook within the grace period, the stop signal, then KILL.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer), kuberuntime_termination_order.go
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { isRuntimeNotFound } from '../cri/channel.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import type { EventRecorder } from '../pod-source.ts';
import { runHook } from './hooks.ts';
import { allContainers, type PodContainer } from './pod-containers.ts';
import type { ContainerRecord } from './runtime-pod.ts';

export interface KillerTools {
  readonly runtime: RuntimeService;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly userAgent: string;
}

/** What is left for the stop signal after a slow hook, in seconds. */
const leastGrace = 2;

export interface KillRequest {
  readonly pod: Pod;
  readonly podIP: string;
  readonly container: PodContainer | undefined;
  readonly record: ContainerRecord;
  readonly graceSeconds: number;
  /** The text of the Killing event. */
  readonly message: string;
  /** Cuts the hook short. */
  readonly signal?: AbortSignal | undefined;
  /** The agent stops: the kill is given up with an Error, and begun anew by the agent that comes next. */
  readonly closing?: AbortSignal | undefined;
}

export async function killContainer(request: KillRequest, tools: KillerTools): Promise<void> {
  const { pod, container, record, graceSeconds } = request;
  const { runtime, events, clock } = tools;
  events.event(pod, 'Normal', 'Killing', request.message, container?.fieldPath);
  const began = clock.monotonic();
  const hook = container?.spec.lifecycle?.preStop;
  if (hook && graceSeconds > 0 && record.state === 'running') {
    const run = runHook(hook, { containerId: record.id, container: container.spec, podIP: request.podIP, runtime, clock, userAgent: tools.userAgent }, graceSeconds * 1000)
      .catch((error: unknown) => events.event(pod, 'Warning', 'FailedPreStopHook', `PreStopHook failed: ${messageOf(error)}`, container.fieldPath));
    await firstOf(run, graceSeconds * 1000, request.signal, clock);
  }
  const left = graceSeconds - Math.floor((clock.monotonic() - began) / 1000);
  await unlessClosing(stop(runtime, record.id, graceSeconds === 0 ? 0 : Math.max(left, leastGrace)), request.closing);
}

async function unlessClosing(work: Promise<void>, closing: AbortSignal | undefined): Promise<void> {
  if (!closing) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new Error('the node agent is closing'));
  if (closing.aborted) stop();
  closing.addEventListener('abort', stop, { once: true });
  work.catch(() => undefined);
  try {
    await Promise.race([work, promise]);
  } finally {
    closing.removeEventListener('abort', stop);
  }
}

async function stop(runtime: RuntimeService, id: string, seconds: number): Promise<void> {
  try {
    await runtime.stopContainer(id, seconds);
  } catch (error) {
    if (!isRuntimeNotFound(error)) throw error;
  }
}

/** Resolves when the work is done, the time is up, or the signal is aborted. */
async function firstOf(work: Promise<void>, ms: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> {
  const cancel = new AbortController();
  const either = signal ? AbortSignal.any([signal, cancel.signal]) : cancel.signal;
  await Promise.race([work, clock.sleep(ms, { signal: either }).catch(() => undefined)]);
  cancel.abort();
}

/** Ends all of a Pod's containers: the regular ones together, then sidecars one by one, last started first. */
export async function killAll(pod: Pod, records: readonly ContainerRecord[], options: Omit<KillRequest, 'pod' | 'container' | 'record' | 'message'>, tools: KillerTools): Promise<void> {
  const running = records.filter(({ state }) => state === 'running' || state === 'unknown');
  const containers = allContainers(pod);
  const kill = (record: ContainerRecord, graceSeconds: number): Promise<void> => {
    const container = containers.find(({ spec }) => spec.name === record.name);
    return killContainer({ ...options, graceSeconds, pod, container, record, message: `Stopping container ${record.name}` }, tools);
  };
  const isSidecar = (record: ContainerRecord): boolean => containers.some(({ role, spec }) => role === 'sidecar' && spec.name === record.name);
  const began = tools.clock.monotonic();
  await Promise.all(running.filter((record) => !isSidecar(record)).map((record) => kill(record, options.graceSeconds)));
  for (const { spec } of containers.filter(({ role }) => role === 'sidecar').reverse()) {
    const left = options.graceSeconds - Math.floor((tools.clock.monotonic() - began) / 1000);
    await Promise.all(running.filter(({ name }) => name === spec.name).map((record) => kill(record, options.graceSeconds === 0 ? 0 : Math.max(left, leastGrace))));
  }
}
