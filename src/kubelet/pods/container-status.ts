/** One container's status from its records in the runtime. */
import { timestamp } from '../../base/clock.ts';
import type { ContainerState, ContainerStatus, Pod, ResourceRequirements } from '../../resources/types/core-v1.ts';
import type { PodContainer } from './pod-containers.ts';
import { mayRun } from './restart-policy.ts';
import type { ContainerRecord, RuntimePod } from './runtime-pod.ts';

export interface WaitingReason {
  readonly reason: string;
  readonly message?: string | undefined;
}

export interface StatusInputs {
  readonly seen: RuntimePod;
  /** 'containerd': the scheme of container ids. */
  readonly runtimeName: string;
  /** Why a container's next start is held up, by container name. */
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  readonly over: boolean;
  /** Whether the runtime makes read-only mounts so for all that is mounted below. */
  readonly recursiveReadOnly?: boolean | undefined;
  ready(container: PodContainer, record: ContainerRecord): boolean;
  started(container: PodContainer, record: ContainerRecord): boolean;
  /** What a running container runs with; what its specification says where absent. */
  actual?(container: PodContainer, record: ContainerRecord): ResourceRequirements;
  /** What an ended container left to say. */
  terminationMessage(record: ContainerRecord): string | undefined;
}

export function containerStatus(pod: Pod, container: PodContainer, inputs: StatusInputs, old: ContainerStatus | undefined): ContainerStatus {
  const { spec, role } = container;
  const records = inputs.seen.containers.filter((record) => record.name === spec.name);
  const latest = records[0];
  if (!latest) return neverSeen(pod, container, inputs, old);
  const before = records.slice(1).find((record) => record.state === 'exited');
  const held = inputs.waiting.get(spec.name);
  const holdsUp = latest.state === 'exited' && held !== undefined && !inputs.over && mayRun(pod, container, latest);
  const running = latest.state === 'running';
  return {
    name: spec.name,
    state: holdsUp ? { waiting: held } : stateOf(latest, inputs),
    lastState: holdsUp ? { terminated: terminated(latest, inputs) } : before ? { terminated: terminated(before, inputs) } : {},
    ready: role === 'init' ? latest.state === 'exited' && latest.exitCode === 0 : running && inputs.ready(container, latest),
    restartCount: latest.restartCount,
    image: latest.image || (spec.image ?? ''),
    imageID: latest.imageRef,
    containerID: `${inputs.runtimeName}://${latest.id}`,
    started: running && inputs.started(container, latest),
    ...(latest.user ? { user: { linux: { uid: latest.user.uid, gid: latest.user.gid, supplementalGroups: latest.user.supplementalGroups } } } : {}),
    ...containerAmounts(container, running ? latest : undefined, inputs),
    ...volumeMounts(container, inputs),
  };
}

/** `allocatedResources` are requests that the node has set aside; `resources` what the container has. */
function containerAmounts(container: PodContainer, running: ContainerRecord | undefined, inputs: StatusInputs): Pick<ContainerStatus, 'resources' | 'allocatedResources'> {
  const { role, spec } = container;
  if (role === 'init' || role === 'ephemeral') return {};
  const actual = running && inputs.actual ? inputs.actual(container, running) : (spec.resources ?? {});
  const requests = spec.resources?.requests ?? spec.resources?.limits;
  return { ...(requests && Object.keys(requests).length > 0 ? { allocatedResources: requests } : {}), resources: actual };
}

function neverSeen(pod: Pod, container: PodContainer, inputs: StatusInputs, old: ContainerStatus | undefined): ContainerStatus {
  const hasInit = (pod.spec?.initContainers?.length ?? 0) > 0;
  const held = inputs.waiting.get(container.spec.name) ?? { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' };
  const finished = old?.state?.terminated;
  return {
    name: container.spec.name,
    state: finished ? { terminated: finished } : { waiting: held },
    lastState: old?.lastState ?? {},
    ready: finished !== undefined && container.role === 'init' && finished.exitCode === 0,
    restartCount: old?.restartCount ?? 0,
    image: container.spec.image ?? '',
    imageID: finished ? (old?.imageID ?? '') : '',
    ...(finished && old?.containerID ? { containerID: old.containerID } : {}),
    started: false,
    ...volumeMounts(container, inputs),
  };
}

function stateOf(record: ContainerRecord, inputs: StatusInputs): ContainerState {
  if (record.state === 'running') return { running: { startedAt: timestamp(record.startedAt) } };
  if (record.state === 'created') return { waiting: inputs.waiting.get(record.name) ?? { reason: 'ContainerCreating' } };
  return { terminated: terminated(record, inputs) };
}

function terminated(record: ContainerRecord, inputs: StatusInputs): NonNullable<ContainerState['terminated']> {
  const message = inputs.terminationMessage(record) ?? (record.message === '' ? undefined : record.message);
  return {
    exitCode: record.exitCode,
    reason: record.reason || (record.exitCode === 0 ? 'Completed' : 'Error'),
    ...(message ? { message } : {}),
    startedAt: record.startedAt > 0 ? timestamp(record.startedAt) : undefined,
    finishedAt: record.finishedAt > 0 ? timestamp(record.finishedAt) : undefined,
    containerID: `${inputs.runtimeName}://${record.id}`,
  };
}

function volumeMounts({ spec }: PodContainer, { recursiveReadOnly }: StatusInputs): Pick<ContainerStatus, 'volumeMounts'> {
  const mounts = spec.volumeMounts ?? [];
  if (mounts.length === 0) return {};
  return {
    volumeMounts: mounts.map((mount) => ({
      name: mount.name, mountPath: mount.mountPath, ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: recursiveReadOnly === true && (mount.recursiveReadOnly ?? 'Disabled') !== 'Disabled' ? 'Enabled' : 'Disabled' } : {}),
    })),
  };
}
