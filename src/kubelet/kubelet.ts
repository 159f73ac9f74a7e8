/**
 * A node: its containerd, its Pods' workers, and what the node says of itself, put together.
 * What it needs of the cluster comes in through the interfaces of pod-source.ts.
 */
import { totalmem } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { CloseStack } from '../base/lifecycle.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { NodeStatus } from '../resources/types/core-v1.ts';
import { createCgroup, limitCgroup, memoryUsage, removeCgroup, type CgroupLimits } from './containerd/cgroups.ts';
import { cgroupActivity } from './containerd/cgroup-activity.ts';
import { startContainerd, type Containerd } from './containerd/containerd.ts';
import { memoryFolder } from './containerd/memory-folder.ts';
import { ContainerState } from './cri/messages.ts';
import type { RuntimeService } from './cri/runtime-service.ts';
import { keepFromPressure, type NodePressureKeeper } from './eviction/node-pressure.ts';
import { machineProcesses, machineSignals, type MachineSignals } from './eviction/signals.ts';
import { ensurePauseImage } from './images/import.ts';
import { ImagePuller } from './images/image-puller.ts';
import { pinnedImages, unpinImage } from './images/pinned-images.ts';
import { registryCredentials, type Registries } from './images/registries.ts';
import { applyRegistries } from './images/rewriting-mirror.ts';
import { JsonFileLogs } from './logs/json-file-logs.ts';
import { LogRotation } from './logs/log-rotation.ts';
import { configurePodNetwork } from './network/pod-network.ts';
import { admitPod, admitResize } from './node/admission.ts';
import { allocatableOf, nodeCapacity, podsLimits, type Reservations } from './node/capacity.ts';
import { GracefulShutdown, type ShutdownPeriods } from './node/graceful-shutdown.ts';
import { nodeStatus } from './node/node-status.ts';
import { enforceReservations } from './node/reserved-groups.ts';
import { beyondRuntime, runtimeFeatures } from './node/runtime-features.ts';
import { forbiddenSysctl } from './node/sysctls.ts';
import type { EventRecorder, NodeObjects, PodSource, PodStatusSink } from './pod-source.ts';
import { hostHasAppArmor } from './pods/app-armor.ts';
import { hostResolvConf } from './pods/name-resolution.ts';
import type { NodeContext, PodCgroups } from './pods/node-context.ts';
import { PodWorkers } from './pods/pod-workers.ts';
import { podCgroup, podLimits, qosClass } from './pods/resources.ts';
import { ProbeManager } from './probes/probe-manager.ts';
import { StaticAndApiPods } from './pods/static-pods.ts';
import { VolumeManager } from './volumes/volume-manager.ts';

export interface KubeletOptions {
  readonly dataDir: string;
  readonly nodeName: string;
  /** The node's own addresses, the first being the one others use. */
  readonly hostIPs: readonly string[];
  /** The node's Pod ranges. */
  readonly podCidrs: readonly string[];
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly source: PodSource;
  readonly sink: PodStatusSink;
  readonly objects: NodeObjects;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where `pods/` and `containers/` with logs are made; /var/log by default. */
  readonly logs?: string | undefined;
  readonly registries?: Registries | undefined;
  /** What Pods with the DNS policy Default get, and the rest of the search list of others; default /etc/resolv.conf. */
  readonly resolvConf?: string | undefined;
  /** What is kept from Pods, and when they are evicted; by default nothing, and upstream's thresholds. */
  readonly reservations?: Reservations | undefined;
  /** When images that nothing uses are removed; by default at 85 % of the disk in use, down to 80 %. */
  readonly imageGarbage?: { readonly highPercent?: number | undefined; readonly lowPercent?: number | undefined } | undefined;
  /** Names of kernel settings beside the safe ones that Pods may have for themselves; 'net.core.*' for all that begin so. */
  readonly allowedUnsafeSysctls?: readonly string[] | undefined;
  /** How long Pods get to end when the agent stops; by default they are left running. */
  readonly shutdown?: ShutdownPeriods | undefined;
  /** Of this machine by default. */
  readonly signals?: MachineSignals | undefined;
  /** 110 by default. */
  readonly maxPods?: number | undefined;
  /** A folder of manifests of Pods to run besides. */
  readonly staticPods?: string | undefined;
  /** 'v1.36.0' */
  readonly version?: string | undefined;
  /** Where the node's own server listens; 10250 by default. */
  readonly port?: number | undefined;
  /** Compatibility setting json-file-logs. */
  readonly jsonFileLogs?: boolean | undefined;
}

export interface Kubelet {
  readonly containerd: Containerd;
  readonly workers: PodWorkers;
  readonly context: NodeContext;
  readonly pressure: NodePressureKeeper;
  /** The node's status now. */
  status(old: NodeStatus | undefined): Promise<NodeStatus>;
  /** Ends all Pods within the shutdown periods, the critical ones last; nothing happens where there are none. */
  shutDown(): Promise<void>;
  /** Stops working on Pods; containers and containerd go on. */
  close(): Promise<void>;
}

export const userAgent = 'kube-probe/1.36';

/** Resolves once the runtime answers and Pods are being worked on. */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { clock, log, objects, events } = options;
  const closing = new CloseStack();
  try {
    const containerd = closing.add(await startContainerd(options), (it) => it.close());
    const { paths, cri } = containerd;
    configurePodNetwork(paths, { podCidrs: options.podCidrs });
    closing.add(await applyRegistries(paths.registryConfig, options.registries ?? {}), (it) => it.close());
    await ensurePauseImage(containerd);
    const probes = closing.add(new ProbeManager({ runtime: cri.runtime, clock, userAgent }, events), (it) => it.close());
    const capacity = nodeCapacity({ maxPods: options.maxPods ?? 110, folder: paths.dataDir });
    const reservations = options.reservations ?? {};
    const allocatable = allocatableOf(capacity, reservations);
    const features = runtimeFeatures(await cri.runtime.status(), hostHasAppArmor());
    const shutdown = new GracefulShutdown({ workers: () => workers, clock, log, periods: options.shutdown ?? {} });
    const { source, sink } = podSources(options);
    const jsonLogs = options.jsonFileLogs === true ? closing.add(followAll(cri.runtime, options), (it) => it.close()) : undefined;
    const context: NodeContext = {
      nodeName: options.nodeName,
      hostIPs: () => options.hostIPs,
      runtime: cri.runtime,
      runtimeName: 'containerd',
      puller: new ImagePuller({ images: cri.images, objects, events, clock, credentials: registryCredentials(options.registries ?? {}), pulled: (name) => unpinImage(paths, name) }),
      volumes: new VolumeManager({ pods: paths.pods, memory: memoryFolder(paths), objects, clock }),
      probes,
      objects,
      events,
      sink,
      cgroups: podCgroups(paths.cgroupParent, clock),
      clock,
      log,
      jsonLogs,
      userAgent,
      memoryCapacity: totalmem(),
      allocatable: () => objects.node()?.status?.allocatable ?? allocatable,
      features,
      admit: (pod) => shutdown.refusal() ?? pressure.eviction.admit(pod) ?? forbiddenSysctl(pod, options.allowedUnsafeSysctls) ?? beyondRuntime(pod, features) ?? admitPod(pod, { node: objects.node(), allocatable: context.allocatable(), running: workers.allocated() }),
      admitResize: (pod) => admitResize(pod, { node: objects.node(), allocatable: context.allocatable(), running: workers.allocated() }),
      dns: { clusterDns: options.clusterDns, clusterDomain: options.clusterDomain, host: () => hostResolvConf(options.resolvConf) },
      logs: options.logs ?? '/var/log',
      cgroupParent: paths.cgroupParent,
    };
    const pressure = keepFromPressure({
      settings: reservations.eviction ?? {}, imageGarbage: options.imageGarbage ?? {}, signals: options.signals ?? machineSignals(paths.dataDir, paths.containerdRoot),
      cri, volumes: context.volumes, pinnedImages: () => pinnedImages(paths), logs: context.logs, cgroupParent: paths.cgroupParent, events, clock, log, workers: () => workers,
    });
    const workers: PodWorkers = new PodWorkers({ context, source });
    closing.add(workers, (it) => it.close());
    closing.add(new LogRotation({ runtime: cri.runtime, clock, log }), (it) => it.close());
    workers.start();
    closing.add(pressure, (it) => it.close());
    pressure.start();
    enforceReservations(reservations);
    limitAllPods(paths.cgroupParent, podsLimits(capacity, reservations, machineProcesses()));
    const { runtimeVersion } = await cri.runtime.version();
    const status = async (old: NodeStatus | undefined): Promise<NodeStatus> => nodeStatus({
      capacity, allocatable, pressure: (kind) => pressure.eviction.has(kind), shuttingDown: shutdown.hasBegun, hostIPs: options.hostIPs, runtimeVersion: `containerd://${runtimeVersion}`, runtime: await cri.runtime.status().catch(() => undefined),
      images: await cri.images.listImages().catch(() => []), kubeletVersion: options.version ?? 'v1.36.0', kubeletPort: options.port ?? 10250, now: clock.now(),
    }, old);
    return { containerd, workers, context, pressure, shutDown: () => shutdown.run(), status, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

function podSources(options: KubeletOptions): { source: PodSource; sink: PodStatusSink } {
  const { source, sink, staticPods, nodeName, clock, log } = options;
  if (staticPods === undefined) return { source, sink };
  const both = new StaticAndApiPods(source, sink, { folder: staticPods, nodeName, clock, log });
  return { source: both, sink: both };
}

/** Containers that run already are followed from where their files end. */
function followAll(runtime: RuntimeService, { clock, log }: KubeletOptions): JsonFileLogs {
  const running = async (id: string): Promise<boolean> => (await runtime.containerStatus(id).catch(() => undefined))?.state === ContainerState.RUNNING;
  const logs = new JsonFileLogs({ running, clock, log });
  const adopt = async (): Promise<void> => {
    for (const { id } of await runtime.listContainers()) logs.follow(id, (await runtime.containerStatus(id)).logPath);
  };
  adopt().catch((error: unknown) => log.warn('logs of running containers are not copied', { error: messageOf(error) }));
  return logs;
}

/** What is reserved for the machine's own programs is out of reach of all Pods together. */
function limitAllPods(parent: string, limits: CgroupLimits): void {
  createCgroup(`${parent}/kubepods`);
  limitCgroup(`${parent}/kubepods`, limits);
}

function podCgroups(parent: string, clock: Clock): PodCgroups {
  return {
    create(pod) {
      const group = podCgroup(parent, pod);
      createCgroup(group);
      if (qosClass(pod) === 'BestEffort') limitCgroup(`${parent}/kubepods/besteffort`, { cpuShares: 2 });
      limitCgroup(group, podLimits(pod));
    },
    remove: (pod) => removeCgroup(podCgroup(parent, pod), clock),
    limit: (pod, limits) => limitCgroup(podCgroup(parent, pod), limits),
    memory: (pod, containerId) => memoryUsage(`${podCgroup(parent, pod)}${containerId === undefined ? '' : `/${containerId}`}`),
    activity: (pod, containerId, before) => cgroupActivity(`${podCgroup(parent, pod)}/${containerId}`, before),
  };
}
