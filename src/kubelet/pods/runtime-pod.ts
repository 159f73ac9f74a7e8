/** One Pod as the runtime has it: its sandboxes and its containers' records, newest first. */
import { isRuntimeNotFound } from '../cri/channel.ts';
import { ContainerState, PodSandboxState, type ContainerStatus, type PodSandbox, type PodSandboxStatus } from '../cri/messages.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import { begunAnnotation, containerNameLabel, hashAnnotation, podUidLabel, restartCountAnnotation } from './runtime-labels.ts';

export type RecordState = 'created' | 'running' | 'exited' | 'unknown';

export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly sandboxId: string;
  readonly state: RecordState;
  readonly restartCount: number;
  readonly hash: string;
  /** When its Pod had last begun anew as it was started; ms since the epoch, 0 where it never had. */
  readonly begun: number;
  /** Milliseconds since the epoch; 0 where it has not happened. */
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** As the user wrote it. */
  readonly image: string;
  /** As it was found: a digest or id. */
  readonly imageRef: string;
  readonly logPath: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] } | undefined;
}

export interface RuntimePod {
  /** Newest first. */
  readonly sandboxes: readonly PodSandbox[];
  /** The newest sandbox, where that is ready. */
  readonly sandbox: PodSandboxStatus | undefined;
  readonly ips: readonly string[];
  /** Newest first. */
  readonly containers: readonly ContainerRecord[];
}

export const latestRecord = (seen: RuntimePod, name: string): ContainerRecord | undefined => seen.containers.find((record) => record.name === name);

const states: Readonly<Record<number, RecordState>> = {
  [ContainerState.CREATED]: 'created', [ContainerState.RUNNING]: 'running', [ContainerState.EXITED]: 'exited', [ContainerState.UNKNOWN]: 'unknown',
};

/** Asks the runtime; what vanishes while asking is left out. */
export async function observePod(runtime: RuntimeService, uid: string): Promise<RuntimePod> {
  const labelSelector = { [podUidLabel]: uid };
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandboxes({ labelSelector }), runtime.listContainers({ labelSelector })]);
  const newestFirst = [...sandboxes].sort((a, b) => (b.metadata?.attempt ?? 0) - (a.metadata?.attempt ?? 0) || b.createdAt - a.createdAt);
  const newest = newestFirst[0];
  const [sandbox, statuses] = await Promise.all([
    newest?.state === PodSandboxState.READY ? found(runtime.podSandboxStatus(newest.id)) : undefined,
    Promise.all(containers.map(async (container) => ({ sandboxId: container.podSandboxId, status: await found(runtime.containerStatus(container.id)) }))),
  ]);
  return {
    sandboxes: newestFirst,
    ...readySandbox(sandbox),
    containers: statuses
      .flatMap(({ sandboxId, status }) => (status ? [containerRecord(sandboxId, status)] : []))
      .sort((a, b) => b.createdAt - a.createdAt || b.restartCount - a.restartCount),
  };
}

/** A Pod that has this sandbox and nothing else. */
export async function observeSandbox(runtime: RuntimeService, id: string): Promise<RuntimePod> {
  const sandbox = await found(runtime.podSandboxStatus(id));
  return { sandboxes: sandbox ? [sandbox] : [], ...readySandbox(sandbox), containers: [] };
}

function readySandbox(sandbox: PodSandboxStatus | undefined): Pick<RuntimePod, 'sandbox' | 'ips'> {
  if (sandbox?.state !== PodSandboxState.READY) return { sandbox: undefined, ips: [] };
  const { network } = sandbox;
  return { sandbox, ips: network?.ip ? [network.ip, ...network.additionalIps.map(({ ip }) => ip)] : [] };
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRuntimeNotFound(error)) return undefined;
    throw error;
  }
}

const milliseconds = (nanoseconds: number): number => (nanoseconds > 0 ? Math.floor(nanoseconds / 1e6) : 0);

/** How containerd tells that it gave up a start, by where it was: waiting for an answer, or running the shim's program, which it then kills. */
const cutOff = /context canceled|signal: killed|ttrpc: closed/;

/**
 * A container whose start was cut off, because who asked for it went away or containerd itself died, is as one that was only made. One
 * that could not be started (`StartError`) for a reason of its own has been tried, and counts.
 */
export const neverRan = ({ state, startedAt, reason, message }: Pick<ContainerStatus, 'state' | 'startedAt' | 'reason' | 'message'>): boolean =>
  (state === ContainerState.EXITED || state === ContainerState.UNKNOWN) && startedAt === 0 && (reason !== 'StartError' || cutOff.test(message));

export function containerRecord(sandboxId: string, status: ContainerStatus): ContainerRecord {
  const user = status.user?.linux;
  return {
    id: status.id,
    name: status.labels[containerNameLabel] ?? status.metadata?.name ?? '',
    sandboxId,
    state: neverRan(status) ? 'created' : (states[status.state] ?? 'unknown'),
    restartCount: Number(status.annotations[restartCountAnnotation] ?? status.metadata?.attempt ?? 0),
    hash: status.annotations[hashAnnotation] ?? '',
    begun: Number(status.annotations[begunAnnotation] ?? 0),
    createdAt: milliseconds(status.createdAt),
    startedAt: milliseconds(status.startedAt),
    finishedAt: milliseconds(status.finishedAt),
    exitCode: status.exitCode,
    reason: status.reason,
    message: status.message,
    image: status.image?.image ?? '',
    imageRef: status.imageRef,
    logPath: status.logPath,
    user: user && { uid: user.uid, gid: user.gid, supplementalGroups: user.supplementalGroups },
  };
}
