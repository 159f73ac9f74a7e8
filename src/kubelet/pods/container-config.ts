/** The runtime's description of a container. Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { terminationGrace } from '../../resources/core/termination-grace.ts';
import type { Container, Pod, VolumeMount } from '../../resources/types/core-v1.ts';
import { MountPropagation, type Image, type Mount } from '../cri/messages.ts';
import type { ContainerConfigInput } from '../cri/runtime-service.ts';
import type { Input } from '../cri/wire.ts';
import type { NodeObjects } from '../pod-source.ts';
import type { MountedVolumes, VolumeManager } from '../volumes/volume-manager.ts';
import { ContainerConfigError, containerEnvironment } from './environment.ts';
import { expand } from './expansion.ts';
import type { PodFacts } from './field-ref.ts';
import { hostsFile } from './name-resolution.ts';
import { containerResources } from './resources.ts';
import {
  begunAnnotation, containerHash, containerNameLabel, hashAnnotation, podGraceAnnotation, podLabels, restartCountAnnotation, terminationMessagePathAnnotation,
  terminationMessagePolicyAnnotation,
} from './runtime-labels.ts';
import { containerSecurity, verifyNonRoot } from './security.ts';
import { terminationMessageFile } from './termination-message.ts';

export interface ContainerConfigInputs {
  readonly pod: Pod;
  readonly container: Container;
  readonly restartCount: number;
  /** When the Pod last began anew; ms since the epoch, 0 where it never did. */
  readonly begun: number;
  readonly image: Image;
  readonly facts: PodFacts;
  readonly objects: NodeObjects;
  readonly volumes: VolumeManager;
  readonly mounted: MountedVolumes;
  readonly clusterDomain: string;
  /** Whether the runtime makes read-only mounts so for all that is mounted below. */
  readonly recursiveReadOnly: boolean;
  /** Bytes of the node's memory. */
  readonly memoryCapacity: number;
  /** For an ephemeral container with a target: that container's id. */
  readonly shareWith?: string | undefined;
}

/** Throws ContainerConfigError where the Pod asks for what cannot be given now. */
export async function containerConfig(inputs: ContainerConfigInputs): Promise<ContainerConfigInput> {
  const { pod, container, restartCount, image } = inputs;
  verifyNonRoot(pod, container, image);
  const environment = await containerEnvironment(pod, container, { objects: inputs.objects, facts: inputs.facts, file: (volume, file) => inputs.volumes.emptyDirFile(pod, volume, file) });
  const resolved = (text: string): string => expand(text, (name) => environment[name]);
  return {
    metadata: { name: container.name, attempt: restartCount },
    image: { image: image.id, userSpecifiedImage: container.image ?? '' },
    command: (container.command ?? []).map(resolved),
    args: (container.args ?? []).map(resolved),
    ...(container.workingDir ? { workingDir: container.workingDir } : {}),
    envs: Object.entries(environment).map(([key, value]) => ({ key, value: Buffer.from(value, 'utf8') })),
    mounts: await containerMounts(inputs, resolved),
    labels: { ...podLabels(pod), [containerNameLabel]: container.name },
    annotations: {
      [hashAnnotation]: containerHash(container),
      [restartCountAnnotation]: String(restartCount),
      ...(inputs.begun > 0 ? { [begunAnnotation]: String(inputs.begun) } : {}),
      [terminationMessagePathAnnotation]: container.terminationMessagePath ?? '/dev/termination-log',
      [terminationMessagePolicyAnnotation]: container.terminationMessagePolicy ?? 'File',
      [podGraceAnnotation]: String(terminationGrace(pod)),
    },
    logPath: `${container.name}/${restartCount}.log`,
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    linux: {
      resources: containerResources(pod, container, inputs.memoryCapacity),
      securityContext: containerSecurity(pod, container, inputs.shareWith),
    },
  };
}

async function containerMounts(inputs: ContainerConfigInputs, resolved: (text: string) => string): Promise<Input<Mount>[]> {
  const { container } = inputs;
  const mounts: Input<Mount>[] = [];
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) mounts.push(await volumeMount(inputs, mount, i, resolved));
  const taken = new Set(mounts.map(({ containerPath }) => containerPath));
  if (!taken.has('/etc/hosts')) mounts.push({ containerPath: '/etc/hosts', hostPath: await writeHosts(inputs) });
  const messagePath = container.terminationMessagePath ?? '/dev/termination-log';
  if (messagePath !== '' && !taken.has(messagePath)) mounts.push({ containerPath: messagePath, hostPath: await writeTerminationFile(inputs) });
  return mounts;
}

const propagations: Readonly<Record<string, number>> = {
  None: MountPropagation.PRIVATE, HostToContainer: MountPropagation.HOST_TO_CONTAINER, Bidirectional: MountPropagation.BIDIRECTIONAL,
};

async function volumeMount(inputs: ContainerConfigInputs, mount: VolumeMount, index: number, resolved: (text: string) => string): Promise<Input<Mount>> {
  const volume = inputs.mounted.get(mount.name);
  if (!volume) throw new ContainerConfigError(`cannot find volume "${mount.name}" to mount into container "${inputs.container.name}"`);
  const recursiveReadOnly = isRecursive(mount, volume.readOnly, inputs.recursiveReadOnly);
  const subPath = mount.subPathExpr === undefined ? (mount.subPath ?? '') : resolved(mount.subPathExpr);
  const hostPath = await inputs.volumes.mountSource(inputs.pod, inputs.container.name, mount, index, volume.hostPath, subPath);
  return {
    containerPath: path.posix.isAbsolute(mount.mountPath) ? mount.mountPath : `/${mount.mountPath}`,
    hostPath,
    readonly: mount.readOnly === true || volume.readOnly,
    propagation: propagations[mount.mountPropagation ?? 'None'] ?? MountPropagation.PRIVATE,
    ...(recursiveReadOnly ? { recursiveReadOnly } : {}),
  };
}

/** Throws ContainerConfigError where the mount insists on what cannot be had. */
function isRecursive(mount: VolumeMount, volumeIsReadOnly: boolean, supported: boolean): boolean {
  const mode = mount.recursiveReadOnly ?? 'Disabled';
  if (mode === 'Disabled' || !(mount.readOnly === true || volumeIsReadOnly)) return false;
  if (mode === 'Enabled' && !supported) {
    throw new ContainerConfigError(`failed to resolve recursive read-only mode: volume "${mount.name}" requested recursive read-only mode, but it is not supported by the runtime`);
  }
  return supported;
}

async function writeHosts({ pod, facts, volumes, clusterDomain }: ContainerConfigInputs): Promise<string> {
  const file = path.join(volumes.podFolder(pod.metadata.uid ?? ''), 'etc-hosts');
  const node = pod.spec?.hostNetwork === true ? await readFile('/etc/hosts', 'utf8').catch(() => '') : '';
  await mkdir(path.dirname(file), { recursive: true, mode: 0o750 });
  await writeFile(file, hostsFile(pod, facts.podIPs, clusterDomain, () => node), { mode: 0o644 });
  return file;
}

async function writeTerminationFile({ pod, container, restartCount, volumes }: ContainerConfigInputs): Promise<string> {
  const file = terminationMessageFile(volumes.podFolder(pod.metadata.uid ?? ''), container.name, restartCount);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o750 });
  await writeFile(file, '');
  await chmod(file, 0o666);
  return file;
}
