/**
 * The container runtime of an instance, for commands that look at it from outside: its images, containers and their logs. Works
 * while the instance's containerd runs, whether or not its server does. Ids may be shortened, as long as they name one container.
 */
import { existsSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { silentLogger } from '../base/log.ts';
import { connectCri, type CriRuntime } from '../kubelet/cri/cri-runtime.ts';
import type { Container } from '../kubelet/cri/messages.ts';
import { runningContainerd } from '../kubelet/containerd/containerd.ts';
import { instancePaths, type InstancePaths } from '../kubelet/containerd/instance-paths.ts';
import { inspectMachine } from '../kubelet/containerd/machine.ts';
import { importImageFile } from '../kubelet/images/import.ts';
import { readLog } from '../kubelet/logs/log-reader.ts';
import { containerNameLabel, podNameLabel, podNamespaceLabel } from '../kubelet/pods/runtime-labels.ts';

/** Written for users. */
export class NodeRuntimeError extends Error {
  override readonly name = 'NodeRuntimeError';
}

export interface NodeImage {
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly id: string;
  /** Bytes, compressed. */
  readonly size: number;
}

export interface NodeContainer {
  readonly id: string;
  readonly image: string;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly name: string;
  readonly pod: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LogChoices {
  readonly tailLines?: number | undefined;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly signal: AbortSignal;
}

/** How the program ctr is to be called for this instance. */
export interface CtrCall {
  readonly program: string;
  readonly args: readonly string[];
}

export interface NodeRuntime {
  /** Answers the full names that came in. */
  importImage(file: string): Promise<readonly string[]>;
  images(): Promise<readonly NodeImage[]>;
  /** Newest first. */
  containers(): Promise<readonly NodeContainer[]>;
  /** Ends and removes a container; without `force` only one that does not run. Answers its full id. */
  removeContainer(id: string, force: boolean): Promise<string>;
  /** The container's own bytes. */
  logs(id: string, stream: 'stdout' | 'stderr', choices: LogChoices): AsyncIterable<Buffer>;
  ctr(args: readonly string[]): CtrCall;
  close(): void;
}

const states = ['created', 'running', 'exited', 'unknown'] as const;

/** Throws NodeRuntimeError where no containerd of this instance runs. */
export function openNodeRuntime(dataDir: string, clock: Clock): NodeRuntime {
  const paths = existsSync(dataDir) ? instancePaths(dataDir) : undefined;
  if (paths === undefined || !runningContainerd(paths)) throw new NodeRuntimeError(`no containers run for ${dataDir}: start the cluster with k8ts up, or name another with --data-dir`);
  return new InstanceRuntime(paths, connectCri({ socket: paths.socket, clock, log: silentLogger }), clock);
}

class InstanceRuntime implements NodeRuntime {
  readonly #paths: InstancePaths;
  readonly #cri: CriRuntime;
  readonly #clock: Clock;

  constructor(paths: InstancePaths, cri: CriRuntime, clock: Clock) {
    this.#paths = paths;
    this.#cri = cri;
    this.#clock = clock;
  }

  importImage(file: string): Promise<readonly string[]> {
    return importImageFile({ machine: inspectMachine(), paths: this.#paths }, file);
  }

  async images(): Promise<readonly NodeImage[]> {
    const images = await this.#cri.images.listImages();
    return images.map(({ id, repoTags, repoDigests, size }) => ({ names: repoTags, digests: repoDigests, id, size: Number(size) })).sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  }

  async containers(): Promise<readonly NodeContainer[]> {
    const [containers, images] = await Promise.all([this.#cri.runtime.listContainers(), this.#cri.images.listImages()]);
    const names = new Map(images.map(({ id, repoTags }) => [id, repoTags[0]]));
    return containers.map((container) => describe(container, names)).sort((a, b) => b.createdAt - a.createdAt);
  }

  async removeContainer(id: string, force: boolean): Promise<string> {
    const found = await this.#find(id);
    if (found.state === 'running' && !force) throw new NodeRuntimeError(`container ${id} runs: use -f to end and remove it`);
    await this.#cri.runtime.removeContainer(found.id);
    return found.id;
  }

  async *logs(id: string, stream: 'stdout' | 'stderr', choices: LogChoices): AsyncIterable<Buffer> {
    const { runtime } = this.#cri;
    const found = await this.#find(id);
    const { logPath } = await runtime.containerStatus(found.id);
    const running = async (): Promise<boolean> => Number((await runtime.containerStatus(found.id)).state) === 1;
    yield* readLog(logPath, { ...choices, stream, running, clock: this.#clock });
  }

  ctr(args: readonly string[]): CtrCall {
    const { ctr } = inspectMachine();
    if (ctr === undefined) throw new NodeRuntimeError('the program ctr is missing: it comes with containerd');
    return { program: ctr, args: ['--address', this.#paths.socket, '--namespace', 'k8s.io', ...args] };
  }

  close(): void {
    this.#cri.close();
  }

  async #find(id: string): Promise<NodeContainer> {
    const found = (await this.containers()).filter((container) => container.id.startsWith(id));
    const [only] = found;
    if (id === '' || only === undefined) throw new NodeRuntimeError(`there is no container ${id}`);
    if (found.length > 1) throw new NodeRuntimeError(`${id} is the start of ${found.length} containers' ids: give more of it`);
    return only;
  }
}

const nameOf = (image: NodeImage): string => image.names[0] ?? image.id;

function describe(container: Container, images: ReadonlyMap<string, string | undefined>): NodeContainer {
  const { id, labels, imageRef } = container;
  return {
    id,
    image: images.get(imageRef) ?? container.image?.image ?? imageRef,
    state: states[Number(container.state ?? 0)] ?? 'unknown',
    createdAt: Number(container.createdAt) / 1e6,
    name: labels[containerNameLabel] ?? '',
    pod: labels[podNameLabel] ?? '',
    namespace: labels[podNamespaceLabel] ?? '',
    labels,
  };
}
