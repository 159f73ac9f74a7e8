/** What a node says of itself. Upstream: pkg/kubelet/nodestatus/setters.go */
import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { timestamp } from '../../base/clock.ts';
import type { ContainerImage, Node, NodeCondition, NodeStatus, NodeSystemInfo } from '../../resources/types/core-v1.ts';
import type { Image, StatusResponse } from '../cri/messages.ts';
import type { NodePressure } from '../eviction/signals.ts';
import type { Amounts } from './capacity.ts';
import { statedFeatures } from './runtime-features.ts';

export interface NodeStatusInputs {
  readonly capacity: Amounts;
  readonly hostIPs: readonly string[];
  readonly runtimeVersion: string;
  /** undefined where the runtime does not answer. */
  readonly runtime: StatusResponse | undefined;
  readonly images: readonly Image[];
  /** The node ends its Pods, to be off soon. */
  readonly shuttingDown: boolean;
  readonly kubeletVersion: string;
  readonly kubeletPort: number;
  readonly allocatable: Amounts;
  /** Whether the node counts as short of something. */
  readonly pressure: (kind: NodePressure) => boolean;
  readonly now: number;
}

const mostImages = 50;

/** Resources in `old` that this machine knows nothing of (devices that others announce) are kept. */
export function nodeStatus(inputs: NodeStatusInputs, old: NodeStatus | undefined): NodeStatus {
  const foreign = Object.fromEntries(Object.entries(old?.capacity ?? {}).filter(([name]) => !(name in inputs.capacity)));
  return {
    addresses: [...inputs.hostIPs.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: hostname() }],
    capacity: { ...foreign, ...inputs.capacity },
    allocatable: { ...foreign, ...inputs.allocatable },
    conditions: nodeConditions(inputs, old),
    daemonEndpoints: { kubeletEndpoint: { Port: inputs.kubeletPort } },
    images: nodeImages(inputs.images),
    nodeInfo: nodeInfo(inputs),
    ...statedFeatures(inputs.runtime),
  };
}

function nodeConditions(inputs: NodeStatusInputs, old: NodeStatus | undefined): readonly NodeCondition[] {
  const pressed = (pressure: NodePressure, yes: string, no: string, words: readonly [string, string]): readonly [string, boolean, string, string] =>
    inputs.pressure(pressure) ? [pressure, true, `Kubelet${yes}`, `kubelet has ${words[0]}`] : [pressure, false, `Kubelet${no}`, `kubelet has ${words[1]}`];
  const verdicts: readonly (readonly [string, boolean, string, string])[] = [
    pressed('MemoryPressure', 'HasInsufficientMemory', 'HasSufficientMemory', ['insufficient memory available', 'sufficient memory available']),
    pressed('DiskPressure', 'HasDiskPressure', 'HasNoDiskPressure', ['disk pressure', 'no disk pressure']),
    pressed('PIDPressure', 'HasInsufficientPID', 'HasSufficientPID', ['insufficient PID available', 'sufficient PID available']),
    inputs.shuttingDown ? ['Ready', false, 'KubeletNotReady', 'node is shutting down'] : readyVerdict(inputs.runtime),
  ];
  const now = timestamp(inputs.now);
  return verdicts.map(([type, holds, reason, message]) => {
    const status = holds ? 'True' : 'False';
    const before = old?.conditions?.find((condition) => condition.type === type);
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now };
  });
}

function readyVerdict(runtime: StatusResponse | undefined): readonly [string, boolean, string, string] {
  if (!runtime) return ['Ready', false, 'KubeletNotReady', 'container runtime is down'];
  const failing = (runtime.status?.conditions ?? []).filter(({ status }) => !status);
  if (failing.length === 0) return ['Ready', true, 'KubeletReady', 'kubelet is posting ready status'];
  const words = failing.map(({ type, reason, message }) =>
    `${type === 'NetworkReady' ? 'container runtime network not ready' : 'container runtime not ready'}: ${type}=false reason:${reason} message:${message}`);
  return ['Ready', false, 'KubeletNotReady', words.join('; ')];
}

function nodeImages(images: readonly Image[]): readonly ContainerImage[] {
  return [...images]
    .sort((a, b) => b.size - a.size)
    .slice(0, mostImages)
    .map((image) => ({ names: [...image.repoDigests, ...image.repoTags].slice(0, 5), sizeBytes: image.size }));
}

function nodeInfo(inputs: NodeStatusInputs): NodeSystemInfo {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    bootID: firstLine('/proc/sys/kernel/random/boot_id'),
    containerRuntimeVersion: inputs.runtimeVersion,
    kernelVersion: release(),
    kubeProxyVersion: inputs.kubeletVersion,
    kubeletVersion: inputs.kubeletVersion,
    machineID: firstLine('/etc/machine-id').replaceAll('-', ''),
    operatingSystem: 'linux',
    osImage: /^PRETTY_NAME="?([^"\n]*)"?/m.exec(readIfThere('/etc/os-release'))?.[1] ?? 'Linux',
    systemUUID: firstLine('/sys/class/dmi/id/product_uuid') || firstLine('/etc/machine-id'),
  };
}

const firstLine = (file: string): string => readIfThere(file).split('\n')[0]?.trim() ?? '';

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The object a node begins as; taints keep Pods away until its first full status. */
export function newNode(name: string, podCidrs: readonly string[]): Node {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': architecture, 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture, 'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: podCidrs[0] === undefined ? {} : { podCIDR: podCidrs[0], podCIDRs: podCidrs },
  };
}
