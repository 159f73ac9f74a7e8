/**
 * Starting one container of a Pod: back-off, image, configuration, creation, start, postStart hook.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer)
 */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { terminationGrace } from '../../resources/core/termination-grace.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { SandboxConfig } from '../cri/runtime-service.ts';
import { jsonFileOf } from '../logs/json-file-logs.ts';
import { VolumeError } from '../volumes/projection.ts';
import type { MountedVolumes } from '../volumes/volume-manager.ts';
import { formatDuration, type BackOff } from './back-off.ts';
import { containerConfig } from './container-config.ts';
import { killContainer } from './container-killer.ts';
import type { WaitingReason } from './container-status.ts';
import { ContainerConfigError } from './environment.ts';
import { runHook } from './hooks.ts';
import { podFacts, type NodeContext } from './node-context.ts';
import type { StartAction } from './plan.ts';
import { podTitle } from './pod-containers.ts';
import { latestRecord, type ContainerRecord, type RuntimePod } from './runtime-pod.ts';
import { logOwnerFile } from './runtime-labels.ts';

export interface StartRequest {
  readonly pod: Pod;
  readonly seen: RuntimePod;
  readonly sandboxId: string;
  readonly sandbox: SandboxConfig;
  readonly mounted: MountedVolumes;
  readonly action: StartAction;
  readonly backOff: BackOff;
  readonly signal: AbortSignal;
  readonly wake: () => void;
}

/** `held`: it did not start, for this reason; look again after `retryMs`, or when woken (absent). */
export type StartOutcome =
  | { readonly outcome: 'started'; readonly id: string }
  | { readonly outcome: 'pulling' }
  | { readonly outcome: 'held'; readonly reason: WaitingReason; readonly retryMs: number };

/** How soon a start that failed for a reason outside the container is tried again. */
const retryMs = 3000;

export async function startContainer(request: StartRequest, context: NodeContext): Promise<StartOutcome> {
  const { pod, action, backOff } = request;
  const { spec, fieldPath } = action.container;
  const key = `${pod.metadata.uid}/${spec.name}`;
  const ended = action.previous?.state === 'exited' ? action.previous : undefined;
  if (ended) {
    const wait = backOff.remaining(key, ended.finishedAt, context.clock.now());
    if (wait > 0) return crashLooping(request, backOff.delay(key), wait, context);
  }
  const answer = await context.puller.image({ pod, container: spec, fieldPath, wake: request.wake });
  if (answer.state === 'pulling') return { outcome: 'pulling' };
  if (answer.state === 'failed') return { outcome: 'held', reason: { reason: answer.reason, message: answer.message }, retryMs: Math.max(100, answer.retryMs) };
  if (ended) backOff.next(key, ended.finishedAt, context.clock.now());
  const failed = (reason: string, error: unknown): StartOutcome => {
    context.events.event(pod, 'Warning', 'Failed', `Error: ${messageOf(error)}`, fieldPath);
    return { outcome: 'held', reason: { reason, message: messageOf(error) }, retryMs };
  };
  let id: string;
  const restartCount = await nextRestartCount(action.previous, context);
  try {
    const config = await containerConfig({
      pod, container: spec, restartCount, begun: action.begun, image: answer.image, facts: podFacts(pod, request.seen, context), objects: context.objects, volumes: context.volumes,
      mounted: request.mounted, clusterDomain: context.dns.clusterDomain, memoryCapacity: context.memoryCapacity, recursiveReadOnly: context.features.recursiveReadOnly.has(''), shareWith: targetOf(request),
    });
    id = await context.runtime.createContainer(request.sandboxId, config, request.sandbox);
  } catch (error) {
    return failed(error instanceof ContainerConfigError || error instanceof VolumeError ? 'CreateContainerConfigError' : 'CreateContainerError', error);
  }
  context.events.event(pod, 'Normal', 'Created', `Created container: ${spec.name}`, fieldPath);
  try {
    await context.runtime.startContainer(id);
  } catch (error) {
    return failed('RunContainerError', error);
  }
  context.events.event(pod, 'Normal', 'Started', `Started container ${spec.name}`, fieldPath);
  await linkLog(pod, spec.name, id, restartCount, request.sandbox, context);
  return (await postStart(request, id, context)) ?? { outcome: 'started', id };
}

function crashLooping({ pod, action }: StartRequest, delay: number, wait: number, context: NodeContext): StartOutcome {
  const { spec, fieldPath } = action.container;
  context.events.event(pod, 'Warning', 'BackOff', `Back-off restarting failed container ${spec.name} in pod ${podTitle(pod)}`, fieldPath);
  const message = `back-off ${formatDuration(delay)} restarting failed container=${spec.name} pod=${podTitle(pod)}`;
  return { outcome: 'held', reason: { reason: 'CrashLoopBackOff', message }, retryMs: wait };
}

/** A container that was made but never ran leaves no trace: it is removed and its number used again. */
async function nextRestartCount(previous: ContainerRecord | undefined, { runtime }: NodeContext): Promise<number> {
  if (!previous) return 0;
  if (previous.state !== 'created') return previous.restartCount + 1;
  await runtime.removeContainer(previous.id);
  return previous.restartCount;
}

function targetOf({ pod, seen, action }: StartRequest): string | undefined {
  if (action.container.role !== 'ephemeral') return undefined;
  const target = pod.spec?.ephemeralContainers?.find(({ name }) => name === action.container.spec.name)?.targetContainerName;
  return target === undefined ? undefined : latestRecord(seen, target)?.id;
}

export const logLinkName = (pod: Pod, container: string, id: string): string => `${pod.metadata.name}_${pod.metadata.namespace}_${container}-${id}.log`;

/** /var/log/containers/<pod>_<namespace>_<container>-<id>.log, for log collectors. */
async function linkLog(pod: Pod, container: string, id: string, restartCount: number, sandbox: SandboxConfig, context: NodeContext): Promise<void> {
  const folder = path.join(context.logs, 'containers');
  const link = path.join(folder, logLinkName(pod, container, id));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(sandbox.logDirectory ?? '', logOwnerFile(context.cgroupParent)), '');
    await rm(link, { force: true });
    const file = path.join(sandbox.logDirectory ?? '', container, `${restartCount}.log`);
    await symlink(context.jsonLogs ? jsonFileOf(file) : file, link);
    context.jsonLogs?.follow(id, file);
  } catch (error) {
    context.log.warn('a log link could not be made', { link, error: messageOf(error) });
  }
}

/** A container whose postStart hook fails is ended. */
async function postStart(request: StartRequest, id: string, context: NodeContext): Promise<StartOutcome | undefined> {
  const { pod, action } = request;
  const { spec, fieldPath } = action.container;
  const hook = spec.lifecycle?.postStart;
  if (!hook) return undefined;
  const { runtime, clock, userAgent } = context;
  const podIP = request.seen.ips[0] ?? context.hostIPs()[0] ?? '';
  try {
    const aborted = new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([runHook(hook, { containerId: id, container: spec, podIP, runtime, clock, userAgent }, 0), aborted]);
    return undefined;
  } catch (error) {
    context.events.event(pod, 'Warning', 'FailedPostStartHook', `PostStartHook failed: ${messageOf(error)}`, fieldPath);
    const record: ContainerRecord = {
      id, name: spec.name, sandboxId: request.sandboxId, state: 'running', restartCount: 0, hash: '', begun: 0, createdAt: 0, startedAt: 0, finishedAt: 0, exitCode: 0,
      reason: '', message: '', image: '', imageRef: '', logPath: '', user: undefined,
    };
    await killContainer({ pod, podIP, container: action.container, record, graceSeconds: terminationGrace(pod), message: 'FailedPostStartHook' }, context);
    return { outcome: 'held', reason: { reason: 'PostStartHookError', message: messageOf(error) }, retryMs: 1000 };
  }
}
