/** RuntimeService and ImageService over the container runtime interface, runtime.v1. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { openChannel, type CallOptions, type Channel, type Method, isRuntimeNotFound, RuntimeError } from './channel.ts';
import { containerdEvents } from './containerd-events.ts';
import { removeWithTasks } from './lost-tasks.ts';
import * as cri from './messages.ts';
import type { ImageService, RuntimeService } from './runtime-service.ts';

export interface CriOptions {
  /** Path of containerd's socket. */
  readonly socket: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface CriRuntime {
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  close(): void;
}

/** Calls answer within this, except those that wait for something by their nature. */
const patience: CallOptions = { timeoutMs: 2 * 60_000 };

export function connectCri(options: CriOptions): CriRuntime {
  const channel = openChannel({ socket: options.socket, tables: cri.tables, clock: options.clock });
  const containerd = openChannel({ socket: options.socket, tables: cri.tables, namespace: 'k8s.io', clock: options.clock });
  return {
    runtime: runtimeService(channel, containerd, options),
    images: imageService(channel),
    close() {
      channel.close();
      containerd.close();
    },
  };
}

const runtimeMethod = (name: string, message = name): Method => ({ path: `/runtime.v1.RuntimeService/${name}`, request: `${message}Request`, response: `${message}Response` });
const imageMethod = (name: string): Method => ({ path: `/runtime.v1.ImageService/${name}`, request: `${name}Request`, response: `${name}Response` });

function runtimeService(channel: Channel, containerd: Channel, options: CriOptions): RuntimeService {
  const call = <T>(name: string, request: object, callOptions: CallOptions = patience): Promise<T> => channel.unary<T>(runtimeMethod(name), request, callOptions);
  const removing = (name: string, request: object): Promise<void> => removeWithTasks(async () => void (await call(name, request)), { channel: containerd, clock: options.clock, log: options.log });
  const service: RuntimeService = {
    version: () => call<cri.VersionResponse>('Version', { version: 'v1' }, { timeoutMs: 5000 }),
    status: () => call<cri.StatusResponse>('Status', {}),
    runPodSandbox: async (config, runtimeHandler) => (await call<cri.RunPodSandboxResponse>('RunPodSandbox', { config, runtimeHandler }, { timeoutMs: 4 * 60_000 })).podSandboxId,
    stopPodSandbox: async (id) => void (await call('StopPodSandbox', { podSandboxId: id })),
    removePodSandbox: (id) => removing('RemovePodSandbox', { podSandboxId: id }),
    podSandboxStatus: async (id) => present((await call<cri.PodSandboxStatusResponse>('PodSandboxStatus', { podSandboxId: id })).status, 'sandbox'),
    listPodSandboxes: async (filter) => (await call<cri.ListPodSandboxResponse>('ListPodSandbox', { filter })).items,
    createContainer: async (sandboxId, config, sandboxConfig) =>
      (await call<cri.CreateContainerResponse>('CreateContainer', { podSandboxId: sandboxId, config, sandboxConfig })).containerId,
    startContainer: async (id) => void (await call('StartContainer', { containerId: id })),
    stopContainer: async (id, graceSeconds) =>
      void (await call('StopContainer', { containerId: id, timeout: graceSeconds }, { timeoutMs: (graceSeconds + 120) * 1000 })),
    removeContainer: (id) => removing('RemoveContainer', { containerId: id }),
    listContainers: async (filter) => (await call<cri.ListContainersResponse>('ListContainers', { filter })).containers,
    containerStatus: async (id) => present((await call<cri.ContainerStatusResponse>('ContainerStatus', { containerId: id })).status, 'container'),
    updateContainerResources: async (id, linux) => void (await call('UpdateContainerResources', { containerId: id, linux })),
    reopenContainerLog: async (id) => void (await call('ReopenContainerLog', { containerId: id })),
    execSync: (id, cmd, timeoutSeconds) =>
      call<cri.ExecSyncResponse>('ExecSync', { containerId: id, cmd, timeout: timeoutSeconds }, timeoutSeconds > 0 ? { timeoutMs: (timeoutSeconds + 10) * 1000 } : {}),
    exec: async (request) => (await call<cri.ExecResponse>('Exec', request)).url,
    attach: async (request) => (await call<cri.AttachResponse>('Attach', request)).url,
    portForward: async (request) => (await call<cri.PortForwardResponse>('PortForward', request)).url,
    containerStats: async () => (await call<cri.ListContainerStatsResponse>('ListContainerStats', {})).stats,
    events: ({ signal }) => containerdEvents({ channel: containerd, statusOf: (id) => service.containerStatus(id), clock: options.clock, log: options.log, signal }),
  };
  return service;
}

function imageService(channel: Channel): ImageService {
  const call = <T>(name: string, request: object, callOptions: CallOptions = patience): Promise<T> => channel.unary<T>(imageMethod(name), request, callOptions);
  return {
    listImages: async () => (await call<cri.ListImagesResponse>('ListImages', {})).images,
    async imageStatus(image) {
      try {
        return (await call<cri.ImageStatusResponse>('ImageStatus', { image: { image } })).image;
      } catch (error) {
        if (isRuntimeNotFound(error)) return undefined;
        throw error;
      }
    },
    pullImage: async (image, auth) => (await call<cri.PullImageResponse>('PullImage', { image: { image }, auth }, {})).imageRef,
    removeImage: async (image) => void (await call('RemoveImage', { image: { image } })),
    imageFilesystems: async () => (await call<cri.ImageFsInfoResponse>('ImageFsInfo', {})).imageFilesystems,
  };
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RuntimeError(13, `the runtime answered no ${what} status`);
  return value;
}
