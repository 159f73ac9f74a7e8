/**
 * Written by tools/generate-cri.ts: do not edit.
 * Messages of the container runtime interface (runtime.v1) and of containerd's own services. 64-bit integers are numbers:
 * a nanosecond time is exact to a quarter of a microsecond.
 */
import type { MessageTable } from './wire.ts';

export const ContainerState = { CREATED: 0, RUNNING: 1, EXITED: 2, UNKNOWN: 3 } as const;
export const PodSandboxState = { READY: 0, NOTREADY: 1 } as const;
export const NamespaceMode = { POD: 0, CONTAINER: 1, NODE: 2, TARGET: 3 } as const;
export const MountPropagation = { PRIVATE: 0, HOST_TO_CONTAINER: 1, BIDIRECTIONAL: 2 } as const;
export const SecurityProfileProfileType = { RuntimeDefault: 0, Unconfined: 1, Localhost: 2 } as const;
export const Signal = { RUNTIME_DEFAULT: 0, SIGABRT: 1, SIGALRM: 2, SIGBUS: 3, SIGCHLD: 4, SIGCLD: 5, SIGCONT: 6, SIGFPE: 7, SIGHUP: 8, SIGILL: 9, SIGINT: 10, SIGIO: 11, SIGIOT: 12, SIGKILL: 13, SIGPIPE: 14, SIGPOLL: 15, SIGPROF: 16, SIGPWR: 17, SIGQUIT: 18, SIGSEGV: 19, SIGSTKFLT: 20, SIGSTOP: 21, SIGSYS: 22, SIGTERM: 23, SIGTRAP: 24, SIGTSTP: 25, SIGTTIN: 26, SIGTTOU: 27, SIGURG: 28, SIGUSR1: 29, SIGUSR2: 30, SIGVTALRM: 31, SIGWINCH: 32, SIGXCPU: 33, SIGXFSZ: 34, SIGRTMIN: 35, SIGRTMINPLUS1: 36, SIGRTMINPLUS2: 37, SIGRTMINPLUS3: 38, SIGRTMINPLUS4: 39, SIGRTMINPLUS5: 40, SIGRTMINPLUS6: 41, SIGRTMINPLUS7: 42, SIGRTMINPLUS8: 43, SIGRTMINPLUS9: 44, SIGRTMINPLUS10: 45, SIGRTMINPLUS11: 46, SIGRTMINPLUS12: 47, SIGRTMINPLUS13: 48, SIGRTMINPLUS14: 49, SIGRTMINPLUS15: 50, SIGRTMAXMINUS14: 51, SIGRTMAXMINUS13: 52, SIGRTMAXMINUS12: 53, SIGRTMAXMINUS11: 54, SIGRTMAXMINUS10: 55, SIGRTMAXMINUS9: 56, SIGRTMAXMINUS8: 57, SIGRTMAXMINUS7: 58, SIGRTMAXMINUS6: 59, SIGRTMAXMINUS5: 60, SIGRTMAXMINUS4: 61, SIGRTMAXMINUS3: 62, SIGRTMAXMINUS2: 63, SIGRTMAXMINUS1: 64, SIGRTMAX: 65 } as const;
export const SupplementalGroupsPolicy = { Merge: 0, Strict: 1 } as const;

export interface AttachRequest {
  readonly containerId: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}
export interface AttachResponse {
  readonly url: string;
}
export interface AuthConfig {
  readonly username: string;
  readonly password: string;
  readonly auth: string;
  readonly serverAddress: string;
  readonly identityToken: string;
  readonly registryToken: string;
}
export interface CDIDevice {
  readonly name: string;
}
export interface Capability {
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  readonly addAmbientCapabilities: readonly string[];
}
export interface Container {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata?: ContainerMetadata | undefined;
  readonly image?: ImageSpec | undefined;
  readonly imageRef: string;
  readonly state: number;
  readonly createdAt: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly imageId: string;
}
export interface ContainerAttributes {
  readonly id: string;
  readonly metadata?: ContainerMetadata | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
export interface ContainerConfig {
  readonly metadata?: ContainerMetadata | undefined;
  readonly image?: ImageSpec | undefined;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly KeyValue[];
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly linux?: LinuxContainerConfig | undefined;
  readonly cdiDevices: readonly CDIDevice[];
  readonly stopSignal: number;
}
export interface ContainerDelete {
  readonly id: string;
}
export interface ContainerFilter {
  readonly id: string;
  readonly state?: ContainerStateValue | undefined;
  readonly podSandboxId: string;
  readonly labelSelector: Readonly<Record<string, string>>;
}
export interface ContainerMetadata {
  readonly name: string;
  readonly attempt: number;
}
export interface ContainerResources {
  readonly linux?: LinuxContainerResources | undefined;
}
export interface ContainerStateValue {
  readonly state: number;
}
export interface ContainerStats {
  readonly attributes?: ContainerAttributes | undefined;
  readonly cpu?: CpuUsage | undefined;
  readonly memory?: MemoryUsage | undefined;
  readonly writableLayer?: FilesystemUsage | undefined;
  readonly swap?: SwapUsage | undefined;
  readonly io?: IoUsage | undefined;
}
export interface ContainerStatsFilter {
  readonly id: string;
  readonly podSandboxId: string;
  readonly labelSelector: Readonly<Record<string, string>>;
}
export interface ContainerStatus {
  readonly id: string;
  readonly metadata?: ContainerMetadata | undefined;
  readonly state: number;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  readonly image?: ImageSpec | undefined;
  readonly imageRef: string;
  readonly reason: string;
  readonly message: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly logPath: string;
  readonly resources?: ContainerResources | undefined;
  readonly imageId: string;
  readonly user?: ContainerUser | undefined;
  readonly stopSignal: number;
}
export interface ContainerStatusRequest {
  readonly containerId: string;
  readonly verbose: boolean;
}
export interface ContainerStatusResponse {
  readonly status?: ContainerStatus | undefined;
  readonly info: Readonly<Record<string, string>>;
}
export interface ContainerUser {
  readonly linux?: LinuxContainerUser | undefined;
}
export interface CpuUsage {
  readonly timestamp: number;
  readonly usageCoreNanoSeconds?: UInt64Value | undefined;
  readonly usageNanoCores?: UInt64Value | undefined;
  readonly psi?: PsiStats | undefined;
}
export interface CreateContainerRequest {
  readonly podSandboxId: string;
  readonly config?: ContainerConfig | undefined;
  readonly sandboxConfig?: PodSandboxConfig | undefined;
}
export interface CreateContainerResponse {
  readonly containerId: string;
}
export interface DNSConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}
export interface DeleteResponse {
  readonly id: string;
  readonly pid: number;
  readonly exitStatus: number;
  readonly exitedAt?: Timestamp | undefined;
}
export interface DeleteTaskRequest {
  readonly containerId: string;
}
export interface Device {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly permissions: string;
}
export interface Envelope {
  readonly timestamp?: Timestamp | undefined;
  readonly namespace: string;
  readonly topic: string;
  readonly event?: Any | undefined;
}
export interface ExecRequest {
  readonly containerId: string;
  readonly cmd: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}
export interface ExecResponse {
  readonly url: string;
}
export interface ExecSyncRequest {
  readonly containerId: string;
  readonly cmd: readonly string[];
  readonly timeout: number;
}
export interface ExecSyncResponse {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}
export interface FilesystemIdentifier {
  readonly mountpoint: string;
}
export interface FilesystemUsage {
  readonly timestamp: number;
  readonly fsId?: FilesystemIdentifier | undefined;
  readonly usedBytes?: UInt64Value | undefined;
  readonly inodesUsed?: UInt64Value | undefined;
}
export interface HugepageLimit {
  readonly pageSize: string;
  readonly limit: number;
}
export interface IDMapping {
  readonly hostId: number;
  readonly containerId: number;
  readonly length: number;
}
export interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly size: number;
  readonly uid?: Int64Value | undefined;
  readonly username: string;
  readonly spec?: ImageSpec | undefined;
  readonly pinned: boolean;
}
export interface ImageFilter {
  readonly image?: ImageSpec | undefined;
}
export type ImageFsInfoRequest = Readonly<Record<string, never>>;
export interface ImageFsInfoResponse {
  readonly imageFilesystems: readonly FilesystemUsage[];
  readonly containerFilesystems: readonly FilesystemUsage[];
}
export interface ImageSpec {
  readonly image: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly userSpecifiedImage: string;
  readonly runtimeHandler: string;
  readonly imageRef: string;
}
export interface ImageStatusRequest {
  readonly image?: ImageSpec | undefined;
  readonly verbose: boolean;
}
export interface ImageStatusResponse {
  readonly image?: Image | undefined;
  readonly info: Readonly<Record<string, string>>;
}
export interface Int64Value {
  readonly value: number;
}
export interface IoUsage {
  readonly timestamp: number;
  readonly psi?: PsiStats | undefined;
}
export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
}
export interface KillRequest {
  readonly containerId: string;
  readonly execId: string;
  readonly signal: number;
  readonly all: boolean;
}
export interface LinuxContainerConfig {
  readonly resources?: LinuxContainerResources | undefined;
  readonly securityContext?: LinuxContainerSecurityContext | undefined;
}
export interface LinuxContainerResources {
  readonly cpuPeriod: number;
  readonly cpuQuota: number;
  readonly cpuShares: number;
  readonly memoryLimitInBytes: number;
  readonly oomScoreAdj: number;
  readonly cpusetCpus: string;
  readonly cpusetMems: string;
  readonly hugepageLimits: readonly HugepageLimit[];
  readonly unified: Readonly<Record<string, string>>;
  readonly memorySwapLimitInBytes: number;
}
export interface LinuxContainerSecurityContext {
  readonly capabilities?: Capability | undefined;
  readonly privileged: boolean;
  readonly namespaceOptions?: NamespaceOption | undefined;
  readonly selinuxOptions?: SELinuxOption | undefined;
  readonly runAsUser?: Int64Value | undefined;
  readonly runAsUsername: string;
  readonly readonlyRootfs: boolean;
  readonly supplementalGroups: readonly number[];
  readonly apparmorProfile: string;
  readonly seccompProfilePath: string;
  readonly noNewPrivs: boolean;
  readonly runAsGroup?: Int64Value | undefined;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly seccomp?: SecurityProfile | undefined;
  readonly apparmor?: SecurityProfile | undefined;
  readonly supplementalGroupsPolicy: number;
}
export interface LinuxContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups: readonly number[];
}
export interface LinuxPodSandboxConfig {
  readonly cgroupParent: string;
  readonly securityContext?: LinuxSandboxSecurityContext | undefined;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly overhead?: LinuxContainerResources | undefined;
  readonly resources?: LinuxContainerResources | undefined;
}
export interface LinuxPodSandboxStatus {
  readonly namespaces?: Namespace | undefined;
}
export interface LinuxSandboxSecurityContext {
  readonly namespaceOptions?: NamespaceOption | undefined;
  readonly selinuxOptions?: SELinuxOption | undefined;
  readonly runAsUser?: Int64Value | undefined;
  readonly readonlyRootfs: boolean;
  readonly supplementalGroups: readonly number[];
  readonly privileged: boolean;
  readonly seccompProfilePath: string;
  readonly runAsGroup?: Int64Value | undefined;
  readonly seccomp?: SecurityProfile | undefined;
  readonly apparmor?: SecurityProfile | undefined;
  readonly supplementalGroupsPolicy: number;
}
export interface ListContainerStatsRequest {
  readonly filter?: ContainerStatsFilter | undefined;
}
export interface ListContainerStatsResponse {
  readonly stats: readonly ContainerStats[];
}
export interface ListContainersRequest {
  readonly filter?: ContainerFilter | undefined;
}
export interface ListContainersResponse {
  readonly containers: readonly Container[];
}
export interface ListImagesRequest {
  readonly filter?: ImageFilter | undefined;
}
export interface ListImagesResponse {
  readonly images: readonly Image[];
}
export interface ListPodSandboxRequest {
  readonly filter?: PodSandboxFilter | undefined;
}
export interface ListPodSandboxResponse {
  readonly items: readonly PodSandbox[];
}
export interface MemoryUsage {
  readonly timestamp: number;
  readonly workingSetBytes?: UInt64Value | undefined;
  readonly availableBytes?: UInt64Value | undefined;
  readonly usageBytes?: UInt64Value | undefined;
  readonly rssBytes?: UInt64Value | undefined;
  readonly pageFaults?: UInt64Value | undefined;
  readonly majorPageFaults?: UInt64Value | undefined;
  readonly psi?: PsiStats | undefined;
}
export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readonly: boolean;
  readonly selinuxRelabel: boolean;
  readonly propagation: number;
  readonly uidMappings: readonly IDMapping[];
  readonly gidMappings: readonly IDMapping[];
  readonly recursiveReadOnly: boolean;
  readonly image?: ImageSpec | undefined;
  readonly imageSubPath: string;
}
export interface Namespace {
  readonly options?: NamespaceOption | undefined;
}
export interface NamespaceOption {
  readonly network: number;
  readonly pid: number;
  readonly ipc: number;
  readonly targetId: string;
  readonly usernsOptions?: UserNamespace | undefined;
}
export interface PodIP {
  readonly ip: string;
}
export interface PodSandbox {
  readonly id: string;
  readonly metadata?: PodSandboxMetadata | undefined;
  readonly state: number;
  readonly createdAt: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly runtimeHandler: string;
}
export interface PodSandboxConfig {
  readonly metadata?: PodSandboxMetadata | undefined;
  readonly hostname: string;
  readonly logDirectory: string;
  readonly dnsConfig?: DNSConfig | undefined;
  readonly portMappings: readonly PortMapping[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly linux?: LinuxPodSandboxConfig | undefined;
}
export interface PodSandboxFilter {
  readonly id: string;
  readonly state?: PodSandboxStateValue | undefined;
  readonly labelSelector: Readonly<Record<string, string>>;
}
export interface PodSandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly attempt: number;
}
export interface PodSandboxNetworkStatus {
  readonly ip: string;
  readonly additionalIps: readonly PodIP[];
}
export interface PodSandboxStateValue {
  readonly state: number;
}
export interface PodSandboxStatus {
  readonly id: string;
  readonly metadata?: PodSandboxMetadata | undefined;
  readonly state: number;
  readonly createdAt: number;
  readonly network?: PodSandboxNetworkStatus | undefined;
  readonly linux?: LinuxPodSandboxStatus | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly runtimeHandler: string;
}
export interface PodSandboxStatusRequest {
  readonly podSandboxId: string;
  readonly verbose: boolean;
}
export interface PodSandboxStatusResponse {
  readonly status?: PodSandboxStatus | undefined;
  readonly info: Readonly<Record<string, string>>;
  readonly containersStatuses: readonly ContainerStatus[];
  readonly timestamp: number;
}
export interface PortForwardRequest {
  readonly podSandboxId: string;
  readonly port: readonly number[];
}
export interface PortForwardResponse {
  readonly url: string;
}
export interface PortMapping {
  readonly protocol: number;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIp: string;
}
export interface PsiData {
  readonly Total: number;
  readonly Avg10: number;
  readonly Avg60: number;
  readonly Avg300: number;
}
export interface PsiStats {
  readonly Full?: PsiData | undefined;
  readonly Some?: PsiData | undefined;
}
export interface PullImageRequest {
  readonly image?: ImageSpec | undefined;
  readonly auth?: AuthConfig | undefined;
  readonly sandboxConfig?: PodSandboxConfig | undefined;
}
export interface PullImageResponse {
  readonly imageRef: string;
}
export interface RemoveContainerRequest {
  readonly containerId: string;
}
export type RemoveContainerResponse = Readonly<Record<string, never>>;
export interface RemoveImageRequest {
  readonly image?: ImageSpec | undefined;
}
export type RemoveImageResponse = Readonly<Record<string, never>>;
export interface RemovePodSandboxRequest {
  readonly podSandboxId: string;
}
export type RemovePodSandboxResponse = Readonly<Record<string, never>>;
export interface ReopenContainerLogRequest {
  readonly containerId: string;
}
export type ReopenContainerLogResponse = Readonly<Record<string, never>>;
export interface RunPodSandboxRequest {
  readonly config?: PodSandboxConfig | undefined;
  readonly runtimeHandler: string;
}
export interface RunPodSandboxResponse {
  readonly podSandboxId: string;
}
export interface RuntimeCondition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}
export interface RuntimeFeatures {
  readonly supplementalGroupsPolicy: boolean;
  readonly userNamespacesHostNetwork: boolean;
}
export interface RuntimeHandler {
  readonly name: string;
  readonly features?: RuntimeHandlerFeatures | undefined;
}
export interface RuntimeHandlerFeatures {
  readonly recursiveReadOnlyMounts: boolean;
  readonly userNamespaces: boolean;
}
export interface RuntimeStatus {
  readonly conditions: readonly RuntimeCondition[];
}
export interface SELinuxOption {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  readonly level: string;
}
export interface SecurityProfile {
  readonly profileType: number;
  readonly localhostRef: string;
}
export interface StartContainerRequest {
  readonly containerId: string;
}
export type StartContainerResponse = Readonly<Record<string, never>>;
export interface StatusRequest {
  readonly verbose: boolean;
}
export interface StatusResponse {
  readonly status?: RuntimeStatus | undefined;
  readonly info: Readonly<Record<string, string>>;
  readonly runtimeHandlers: readonly RuntimeHandler[];
  readonly features?: RuntimeFeatures | undefined;
}
export interface StopContainerRequest {
  readonly containerId: string;
  readonly timeout: number;
}
export type StopContainerResponse = Readonly<Record<string, never>>;
export interface StopPodSandboxRequest {
  readonly podSandboxId: string;
}
export type StopPodSandboxResponse = Readonly<Record<string, never>>;
export interface SubscribeRequest {
  readonly filters: readonly string[];
}
export interface SwapUsage {
  readonly timestamp: number;
  readonly swapAvailableBytes?: UInt64Value | undefined;
  readonly swapUsageBytes?: UInt64Value | undefined;
}
export interface TaskDelete {
  readonly containerId: string;
  readonly pid: number;
  readonly exitStatus: number;
  readonly exitedAt?: Timestamp | undefined;
  readonly id: string;
}
export interface TaskExit {
  readonly containerId: string;
  readonly id: string;
  readonly pid: number;
  readonly exitStatus: number;
  readonly exitedAt?: Timestamp | undefined;
}
export interface TaskOOM {
  readonly containerId: string;
}
export interface TaskStart {
  readonly containerId: string;
  readonly pid: number;
}
export interface UInt64Value {
  readonly value: number;
}
export interface UpdateContainerResourcesRequest {
  readonly containerId: string;
  readonly linux?: LinuxContainerResources | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}
export type UpdateContainerResourcesResponse = Readonly<Record<string, never>>;
export interface UserNamespace {
  readonly mode: number;
  readonly uids: readonly IDMapping[];
  readonly gids: readonly IDMapping[];
}
export interface VersionRequest {
  readonly version: string;
}
export interface VersionResponse {
  readonly version: string;
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
}
export interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}
export type Empty = Readonly<Record<string, never>>;
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

export const tables: Readonly<Record<string, MessageTable>> = {
  AttachRequest: [[1, 'containerId', 'string'], [2, 'stdin', 'bool'], [3, 'tty', 'bool'], [4, 'stdout', 'bool'], [5, 'stderr', 'bool']],
  AttachResponse: [[1, 'url', 'string']],
  AuthConfig: [[1, 'username', 'string'], [2, 'password', 'string'], [3, 'auth', 'string'], [4, 'serverAddress', 'string'], [5, 'identityToken', 'string'], [6, 'registryToken', 'string']],
  CDIDevice: [[1, 'name', 'string']],
  Capability: [[1, 'addCapabilities', '*string'], [2, 'dropCapabilities', '*string'], [3, 'addAmbientCapabilities', '*string']],
  Container: [[1, 'id', 'string'], [2, 'podSandboxId', 'string'], [3, 'metadata', '.ContainerMetadata'], [4, 'image', '.ImageSpec'], [5, 'imageRef', 'string'], [6, 'state', 'int'], [7, 'createdAt', 'int'], [8, 'labels', 'map'], [9, 'annotations', 'map'], [10, 'imageId', 'string']],
  ContainerAttributes: [[1, 'id', 'string'], [2, 'metadata', '.ContainerMetadata'], [3, 'labels', 'map'], [4, 'annotations', 'map']],
  ContainerConfig: [[1, 'metadata', '.ContainerMetadata'], [2, 'image', '.ImageSpec'], [3, 'command', '*string'], [4, 'args', '*string'], [5, 'workingDir', 'string'], [6, 'envs', '*.KeyValue'], [7, 'mounts', '*.Mount'], [8, 'devices', '*.Device'], [9, 'labels', 'map'], [10, 'annotations', 'map'], [11, 'logPath', 'string'], [12, 'stdin', 'bool'], [13, 'stdinOnce', 'bool'], [14, 'tty', 'bool'], [15, 'linux', '.LinuxContainerConfig'], [17, 'cdiDevices', '*.CDIDevice'], [18, 'stopSignal', 'int']],
  ContainerDelete: [[1, 'id', 'string']],
  ContainerFilter: [[1, 'id', 'string'], [2, 'state', '.ContainerStateValue'], [3, 'podSandboxId', 'string'], [4, 'labelSelector', 'map']],
  ContainerMetadata: [[1, 'name', 'string'], [2, 'attempt', 'int']],
  ContainerResources: [[1, 'linux', '.LinuxContainerResources']],
  ContainerStateValue: [[1, 'state', 'int']],
  ContainerStats: [[1, 'attributes', '.ContainerAttributes'], [2, 'cpu', '.CpuUsage'], [3, 'memory', '.MemoryUsage'], [4, 'writableLayer', '.FilesystemUsage'], [5, 'swap', '.SwapUsage'], [6, 'io', '.IoUsage']],
  ContainerStatsFilter: [[1, 'id', 'string'], [2, 'podSandboxId', 'string'], [3, 'labelSelector', 'map']],
  ContainerStatus: [[1, 'id', 'string'], [2, 'metadata', '.ContainerMetadata'], [3, 'state', 'int'], [4, 'createdAt', 'int'], [5, 'startedAt', 'int'], [6, 'finishedAt', 'int'], [7, 'exitCode', 'int'], [8, 'image', '.ImageSpec'], [9, 'imageRef', 'string'], [10, 'reason', 'string'], [11, 'message', 'string'], [12, 'labels', 'map'], [13, 'annotations', 'map'], [14, 'mounts', '*.Mount'], [15, 'logPath', 'string'], [16, 'resources', '.ContainerResources'], [17, 'imageId', 'string'], [18, 'user', '.ContainerUser'], [19, 'stopSignal', 'int']],
  ContainerStatusRequest: [[1, 'containerId', 'string'], [2, 'verbose', 'bool']],
  ContainerStatusResponse: [[1, 'status', '.ContainerStatus'], [2, 'info', 'map']],
  ContainerUser: [[1, 'linux', '.LinuxContainerUser']],
  CpuUsage: [[1, 'timestamp', 'int'], [2, 'usageCoreNanoSeconds', '.UInt64Value'], [3, 'usageNanoCores', '.UInt64Value'], [4, 'psi', '.PsiStats']],
  CreateContainerRequest: [[1, 'podSandboxId', 'string'], [2, 'config', '.ContainerConfig'], [3, 'sandboxConfig', '.PodSandboxConfig']],
  CreateContainerResponse: [[1, 'containerId', 'string']],
  DNSConfig: [[1, 'servers', '*string'], [2, 'searches', '*string'], [3, 'options', '*string']],
  DeleteResponse: [[1, 'id', 'string'], [2, 'pid', 'int'], [3, 'exitStatus', 'int'], [4, 'exitedAt', '.Timestamp']],
  DeleteTaskRequest: [[1, 'containerId', 'string']],
  Device: [[1, 'containerPath', 'string'], [2, 'hostPath', 'string'], [3, 'permissions', 'string']],
  Envelope: [[1, 'timestamp', '.Timestamp'], [2, 'namespace', 'string'], [3, 'topic', 'string'], [4, 'event', '.Any']],
  ExecRequest: [[1, 'containerId', 'string'], [2, 'cmd', '*string'], [3, 'tty', 'bool'], [4, 'stdin', 'bool'], [5, 'stdout', 'bool'], [6, 'stderr', 'bool']],
  ExecResponse: [[1, 'url', 'string']],
  ExecSyncRequest: [[1, 'containerId', 'string'], [2, 'cmd', '*string'], [3, 'timeout', 'int']],
  ExecSyncResponse: [[1, 'stdout', 'bytes'], [2, 'stderr', 'bytes'], [3, 'exitCode', 'int']],
  FilesystemIdentifier: [[1, 'mountpoint', 'string']],
  FilesystemUsage: [[1, 'timestamp', 'int'], [2, 'fsId', '.FilesystemIdentifier'], [3, 'usedBytes', '.UInt64Value'], [4, 'inodesUsed', '.UInt64Value']],
  HugepageLimit: [[1, 'pageSize', 'string'], [2, 'limit', 'int']],
  IDMapping: [[1, 'hostId', 'int'], [2, 'containerId', 'int'], [3, 'length', 'int']],
  Image: [[1, 'id', 'string'], [2, 'repoTags', '*string'], [3, 'repoDigests', '*string'], [4, 'size', 'int'], [5, 'uid', '.Int64Value'], [6, 'username', 'string'], [7, 'spec', '.ImageSpec'], [8, 'pinned', 'bool']],
  ImageFilter: [[1, 'image', '.ImageSpec']],
  ImageFsInfoRequest: [],
  ImageFsInfoResponse: [[1, 'imageFilesystems', '*.FilesystemUsage'], [2, 'containerFilesystems', '*.FilesystemUsage']],
  ImageSpec: [[1, 'image', 'string'], [2, 'annotations', 'map'], [18, 'userSpecifiedImage', 'string'], [19, 'runtimeHandler', 'string'], [20, 'imageRef', 'string']],
  ImageStatusRequest: [[1, 'image', '.ImageSpec'], [2, 'verbose', 'bool']],
  ImageStatusResponse: [[1, 'image', '.Image'], [2, 'info', 'map']],
  Int64Value: [[1, 'value', 'int']],
  IoUsage: [[1, 'timestamp', 'int'], [2, 'psi', '.PsiStats']],
  KeyValue: [[1, 'key', 'string'], [2, 'value', 'bytes']],
  KillRequest: [[1, 'containerId', 'string'], [2, 'execId', 'string'], [3, 'signal', 'int'], [4, 'all', 'bool']],
  LinuxContainerConfig: [[1, 'resources', '.LinuxContainerResources'], [2, 'securityContext', '.LinuxContainerSecurityContext']],
  LinuxContainerResources: [[1, 'cpuPeriod', 'int'], [2, 'cpuQuota', 'int'], [3, 'cpuShares', 'int'], [4, 'memoryLimitInBytes', 'int'], [5, 'oomScoreAdj', 'int'], [6, 'cpusetCpus', 'string'], [7, 'cpusetMems', 'string'], [8, 'hugepageLimits', '*.HugepageLimit'], [9, 'unified', 'map'], [10, 'memorySwapLimitInBytes', 'int']],
  LinuxContainerSecurityContext: [[1, 'capabilities', '.Capability'], [2, 'privileged', 'bool'], [3, 'namespaceOptions', '.NamespaceOption'], [4, 'selinuxOptions', '.SELinuxOption'], [5, 'runAsUser', '.Int64Value'], [6, 'runAsUsername', 'string'], [7, 'readonlyRootfs', 'bool'], [8, 'supplementalGroups', '*int'], [9, 'apparmorProfile', 'string'], [10, 'seccompProfilePath', 'string'], [11, 'noNewPrivs', 'bool'], [12, 'runAsGroup', '.Int64Value'], [13, 'maskedPaths', '*string'], [14, 'readonlyPaths', '*string'], [15, 'seccomp', '.SecurityProfile'], [16, 'apparmor', '.SecurityProfile'], [17, 'supplementalGroupsPolicy', 'int']],
  LinuxContainerUser: [[1, 'uid', 'int'], [2, 'gid', 'int'], [3, 'supplementalGroups', '*int']],
  LinuxPodSandboxConfig: [[1, 'cgroupParent', 'string'], [2, 'securityContext', '.LinuxSandboxSecurityContext'], [3, 'sysctls', 'map'], [4, 'overhead', '.LinuxContainerResources'], [5, 'resources', '.LinuxContainerResources']],
  LinuxPodSandboxStatus: [[1, 'namespaces', '.Namespace']],
  LinuxSandboxSecurityContext: [[1, 'namespaceOptions', '.NamespaceOption'], [2, 'selinuxOptions', '.SELinuxOption'], [3, 'runAsUser', '.Int64Value'], [4, 'readonlyRootfs', 'bool'], [5, 'supplementalGroups', '*int'], [6, 'privileged', 'bool'], [7, 'seccompProfilePath', 'string'], [8, 'runAsGroup', '.Int64Value'], [9, 'seccomp', '.SecurityProfile'], [10, 'apparmor', '.SecurityProfile'], [11, 'supplementalGroupsPolicy', 'int']],
  ListContainerStatsRequest: [[1, 'filter', '.ContainerStatsFilter']],
  ListContainerStatsResponse: [[1, 'stats', '*.ContainerStats']],
  ListContainersRequest: [[1, 'filter', '.ContainerFilter']],
  ListContainersResponse: [[1, 'containers', '*.Container']],
  ListImagesRequest: [[1, 'filter', '.ImageFilter']],
  ListImagesResponse: [[1, 'images', '*.Image']],
  ListPodSandboxRequest: [[1, 'filter', '.PodSandboxFilter']],
  ListPodSandboxResponse: [[1, 'items', '*.PodSandbox']],
  MemoryUsage: [[1, 'timestamp', 'int'], [2, 'workingSetBytes', '.UInt64Value'], [3, 'availableBytes', '.UInt64Value'], [4, 'usageBytes', '.UInt64Value'], [5, 'rssBytes', '.UInt64Value'], [6, 'pageFaults', '.UInt64Value'], [7, 'majorPageFaults', '.UInt64Value'], [8, 'psi', '.PsiStats']],
  Mount: [[1, 'containerPath', 'string'], [2, 'hostPath', 'string'], [3, 'readonly', 'bool'], [4, 'selinuxRelabel', 'bool'], [5, 'propagation', 'int'], [6, 'uidMappings', '*.IDMapping'], [7, 'gidMappings', '*.IDMapping'], [8, 'recursiveReadOnly', 'bool'], [9, 'image', '.ImageSpec'], [10, 'imageSubPath', 'string']],
  Namespace: [[2, 'options', '.NamespaceOption']],
  NamespaceOption: [[1, 'network', 'int'], [2, 'pid', 'int'], [3, 'ipc', 'int'], [4, 'targetId', 'string'], [5, 'usernsOptions', '.UserNamespace']],
  PodIP: [[1, 'ip', 'string']],
  PodSandbox: [[1, 'id', 'string'], [2, 'metadata', '.PodSandboxMetadata'], [3, 'state', 'int'], [4, 'createdAt', 'int'], [5, 'labels', 'map'], [6, 'annotations', 'map'], [7, 'runtimeHandler', 'string']],
  PodSandboxConfig: [[1, 'metadata', '.PodSandboxMetadata'], [2, 'hostname', 'string'], [3, 'logDirectory', 'string'], [4, 'dnsConfig', '.DNSConfig'], [5, 'portMappings', '*.PortMapping'], [6, 'labels', 'map'], [7, 'annotations', 'map'], [8, 'linux', '.LinuxPodSandboxConfig']],
  PodSandboxFilter: [[1, 'id', 'string'], [2, 'state', '.PodSandboxStateValue'], [3, 'labelSelector', 'map']],
  PodSandboxMetadata: [[1, 'name', 'string'], [2, 'uid', 'string'], [3, 'namespace', 'string'], [4, 'attempt', 'int']],
  PodSandboxNetworkStatus: [[1, 'ip', 'string'], [2, 'additionalIps', '*.PodIP']],
  PodSandboxStateValue: [[1, 'state', 'int']],
  PodSandboxStatus: [[1, 'id', 'string'], [2, 'metadata', '.PodSandboxMetadata'], [3, 'state', 'int'], [4, 'createdAt', 'int'], [5, 'network', '.PodSandboxNetworkStatus'], [6, 'linux', '.LinuxPodSandboxStatus'], [7, 'labels', 'map'], [8, 'annotations', 'map'], [9, 'runtimeHandler', 'string']],
  PodSandboxStatusRequest: [[1, 'podSandboxId', 'string'], [2, 'verbose', 'bool']],
  PodSandboxStatusResponse: [[1, 'status', '.PodSandboxStatus'], [2, 'info', 'map'], [3, 'containersStatuses', '*.ContainerStatus'], [4, 'timestamp', 'int']],
  PortForwardRequest: [[1, 'podSandboxId', 'string'], [2, 'port', '*int']],
  PortForwardResponse: [[1, 'url', 'string']],
  PortMapping: [[1, 'protocol', 'int'], [2, 'containerPort', 'int'], [3, 'hostPort', 'int'], [4, 'hostIp', 'string']],
  PsiData: [[1, 'Total', 'int'], [2, 'Avg10', 'double'], [3, 'Avg60', 'double'], [4, 'Avg300', 'double']],
  PsiStats: [[1, 'Full', '.PsiData'], [2, 'Some', '.PsiData']],
  PullImageRequest: [[1, 'image', '.ImageSpec'], [2, 'auth', '.AuthConfig'], [3, 'sandboxConfig', '.PodSandboxConfig']],
  PullImageResponse: [[1, 'imageRef', 'string']],
  RemoveContainerRequest: [[1, 'containerId', 'string']],
  RemoveContainerResponse: [],
  RemoveImageRequest: [[1, 'image', '.ImageSpec']],
  RemoveImageResponse: [],
  RemovePodSandboxRequest: [[1, 'podSandboxId', 'string']],
  RemovePodSandboxResponse: [],
  ReopenContainerLogRequest: [[1, 'containerId', 'string']],
  ReopenContainerLogResponse: [],
  RunPodSandboxRequest: [[1, 'config', '.PodSandboxConfig'], [2, 'runtimeHandler', 'string']],
  RunPodSandboxResponse: [[1, 'podSandboxId', 'string']],
  RuntimeCondition: [[1, 'type', 'string'], [2, 'status', 'bool'], [3, 'reason', 'string'], [4, 'message', 'string']],
  RuntimeFeatures: [[1, 'supplementalGroupsPolicy', 'bool'], [2, 'userNamespacesHostNetwork', 'bool']],
  RuntimeHandler: [[1, 'name', 'string'], [2, 'features', '.RuntimeHandlerFeatures']],
  RuntimeHandlerFeatures: [[1, 'recursiveReadOnlyMounts', 'bool'], [2, 'userNamespaces', 'bool']],
  RuntimeStatus: [[1, 'conditions', '*.RuntimeCondition']],
  SELinuxOption: [[1, 'user', 'string'], [2, 'role', 'string'], [3, 'type', 'string'], [4, 'level', 'string']],
  SecurityProfile: [[1, 'profileType', 'int'], [2, 'localhostRef', 'string']],
  StartContainerRequest: [[1, 'containerId', 'string']],
  StartContainerResponse: [],
  StatusRequest: [[1, 'verbose', 'bool']],
  StatusResponse: [[1, 'status', '.RuntimeStatus'], [2, 'info', 'map'], [3, 'runtimeHandlers', '*.RuntimeHandler'], [4, 'features', '.RuntimeFeatures']],
  StopContainerRequest: [[1, 'containerId', 'string'], [2, 'timeout', 'int']],
  StopContainerResponse: [],
  StopPodSandboxRequest: [[1, 'podSandboxId', 'string']],
  StopPodSandboxResponse: [],
  SubscribeRequest: [[1, 'filters', '*string']],
  SwapUsage: [[1, 'timestamp', 'int'], [2, 'swapAvailableBytes', '.UInt64Value'], [3, 'swapUsageBytes', '.UInt64Value']],
  TaskDelete: [[1, 'containerId', 'string'], [2, 'pid', 'int'], [3, 'exitStatus', 'int'], [4, 'exitedAt', '.Timestamp'], [5, 'id', 'string']],
  TaskExit: [[1, 'containerId', 'string'], [2, 'id', 'string'], [3, 'pid', 'int'], [4, 'exitStatus', 'int'], [5, 'exitedAt', '.Timestamp']],
  TaskOOM: [[1, 'containerId', 'string']],
  TaskStart: [[1, 'containerId', 'string'], [2, 'pid', 'int']],
  UInt64Value: [[1, 'value', 'int']],
  UpdateContainerResourcesRequest: [[1, 'containerId', 'string'], [2, 'linux', '.LinuxContainerResources'], [4, 'annotations', 'map']],
  UpdateContainerResourcesResponse: [],
  UserNamespace: [[1, 'mode', 'int'], [2, 'uids', '*.IDMapping'], [3, 'gids', '*.IDMapping']],
  VersionRequest: [[1, 'version', 'string']],
  VersionResponse: [[1, 'version', 'string'], [2, 'runtimeName', 'string'], [3, 'runtimeVersion', 'string'], [4, 'runtimeApiVersion', 'string']],
  Any: [[1, 'typeUrl', 'string'], [2, 'value', 'bytes']],
  Empty: [],
  Timestamp: [[1, 'seconds', 'int'], [2, 'nanos', 'int']],
};
