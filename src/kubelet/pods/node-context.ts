/** What all Pods' workers of a node share. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { CgroupLimits } from '../containerd/cgroups.ts';
import type { CgroupActivity } from '../containerd/cgroup-activity.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import type { ImagePuller } from '../images/image-puller.ts';
import type { JsonFileLogs } from '../logs/json-file-logs.ts';
import type { RuntimeFeatures } from '../node/runtime-features.ts';
import type { EventRecorder, NodeObjects, PodStatusSink } from '../pod-source.ts';
import type { ProbeManager } from '../probes/probe-manager.ts';
import type { VolumeManager } from '../volumes/volume-manager.ts';
import type { PodFacts } from './field-ref.ts';
import type { RuntimePod } from './runtime-pod.ts';
import type { SandboxSettings } from './sandbox-config.ts';

/** The groups that hold Pods' processes; nothing on a runtime that has no processes. */
export interface PodCgroups {
  create(pod: Pod): void;
  remove(pod: Pod): Promise<void>;
  /** Sets limits of the Pod's group as a whole. */
  limit(pod: Pod, limits: CgroupLimits): void;
  /** Bytes of memory that the Pod, or one of its containers, holds; undefined where nothing of it runs. */
  memory(pod: Pod, containerId?: string): number | undefined;
  /** What the processes of one of its containers do; undefined where there are none. */
  activity(pod: Pod, containerId: string, before: CgroupActivity | undefined): CgroupActivity | undefined;
}

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

export interface NodeContext extends SandboxSettings {
  readonly nodeName: string;
  readonly hostIPs: () => readonly string[];
  readonly runtime: RuntimeService;
  /** 'containerd': the scheme of container ids. */
  readonly runtimeName: string;
  readonly puller: ImagePuller;
  readonly volumes: VolumeManager;
  readonly probes: ProbeManager;
  readonly objects: NodeObjects;
  readonly events: EventRecorder;
  readonly sink: PodStatusSink;
  readonly cgroups: PodCgroups;
  readonly clock: Clock;
  readonly log: Logger;
  /** Keeps logs in another form as well, where that is wanted. */
  readonly jsonLogs?: JsonFileLogs | undefined;
  readonly userAgent: string;
  /** Bytes of the node's memory. */
  readonly memoryCapacity: number;
  /** The node's allocatable amounts, as quantities. */
  readonly allocatable: () => Readonly<Record<string, string>>;
  readonly features: RuntimeFeatures;
  /** Whether the node takes a Pod that it does not run yet. */
  readonly admit: (pod: Pod) => Refusal | undefined;
  /** Whether the node has room for what a Pod that it runs asks for now; the reason is Deferred or Infeasible. */
  readonly admitResize: (pod: Pod) => Refusal | undefined;
}

export type FactsContext = Pick<NodeContext, 'nodeName' | 'hostIPs' | 'allocatable'>;

export function podFacts(pod: Pod, seen: RuntimePod, context: FactsContext): PodFacts {
  const hostIPs = context.hostIPs();
  return { nodeName: context.nodeName, hostIPs, podIPs: pod.spec?.hostNetwork === true ? hostIPs : seen.ips, allocatable: context.allocatable() };
}
