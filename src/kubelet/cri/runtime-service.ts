/**
 * What the node agent asks of a container runtime. Two implementations: containerd over the container runtime interface
 * (cri-runtime.ts) and one in memory for tests (memory-runtime.ts). Ids are opaque; times in messages are nanoseconds.
 * Every method throws RuntimeError (channel.ts) where the runtime refuses.
 */
import type {
  AuthConfig, AttachRequest, Container, ContainerConfig, ContainerFilter, ContainerStats, ContainerStatus, ExecRequest, ExecSyncResponse,
  FilesystemUsage, Image, LinuxContainerResources, PodSandbox, PodSandboxConfig, PodSandboxFilter, PodSandboxStatus, PortForwardRequest,
  StatusResponse, VersionResponse,
} from './messages.ts';
import type { Input } from './wire.ts';

export type SandboxConfig = Input<PodSandboxConfig>;
export type ContainerConfigInput = Input<ContainerConfig>;

/** `relist`: events may have been missed, look at everything. */
export type RuntimeEvent =
  | { readonly type: 'container'; readonly id: string; readonly what: 'started' | 'exited' | 'oom' | 'removed' }
  | { readonly type: 'relist' };

export interface RuntimeService {
  version(): Promise<VersionResponse>;
  status(): Promise<StatusResponse>;
  /** Answers the sandbox's id; the sandbox runs and has its network. */
  runPodSandbox(config: SandboxConfig, runtimeHandler?: string): Promise<string>;
  stopPodSandbox(id: string): Promise<void>;
  /** Also removes the sandbox's containers, by force. An id that is not known is no error. */
  removePodSandbox(id: string): Promise<void>;
  podSandboxStatus(id: string): Promise<PodSandboxStatus>;
  listPodSandboxes(filter?: Input<PodSandboxFilter>): Promise<readonly PodSandbox[]>;
  createContainer(sandboxId: string, config: ContainerConfigInput, sandbox: SandboxConfig): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** Stop signal, then KILL after `graceSeconds`; resolves once the container has ended. */
  stopContainer(id: string, graceSeconds: number): Promise<void>;
  removeContainer(id: string): Promise<void>;
  listContainers(filter?: Input<ContainerFilter>): Promise<readonly Container[]>;
  containerStatus(id: string): Promise<ContainerStatus>;
  updateContainerResources(id: string, linux: Input<LinuxContainerResources>): Promise<void>;
  reopenContainerLog(id: string): Promise<void>;
  /** `timeoutSeconds` 0 waits for ever. */
  execSync(id: string, command: readonly string[], timeoutSeconds: number): Promise<ExecSyncResponse>;
  /** These three answer the address of a streaming session (SPDY/3.1) on the runtime's streaming server. */
  exec(request: Input<ExecRequest>): Promise<string>;
  attach(request: Input<AttachRequest>): Promise<string>;
  portForward(request: Input<PortForwardRequest>): Promise<string>;
  containerStats(): Promise<readonly ContainerStats[]>;
  /** Starts with `relist`, and sends it again after each interruption. Ends when the signal is aborted. */
  events(options: { readonly signal: AbortSignal }): AsyncIterable<RuntimeEvent>;
}

export interface ImageService {
  listImages(): Promise<readonly Image[]>;
  /** undefined where the image is not on this node. */
  imageStatus(image: string): Promise<Image | undefined>;
  /** Answers the reference of what was pulled (the image's id). */
  pullImage(image: string, auth?: Input<AuthConfig>): Promise<string>;
  removeImage(image: string): Promise<void>;
  imageFilesystems(): Promise<readonly FilesystemUsage[]>;
}
