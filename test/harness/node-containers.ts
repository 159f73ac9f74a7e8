/** The containers of a node behind the cluster's back, through the runtime's own interface: what `docker container` was to the book. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { instancePaths } from '../../src/kubelet/containerd/instance-paths.ts';
import { connectCri, type CriRuntime } from '../../src/kubelet/cri/cri-runtime.ts';

export class NodeContainers {
  readonly #cri: CriRuntime;

  constructor(dataDir: string) {
    this.#cri = connectCri({ socket: instancePaths(dataDir).socket, clock: systemClock, log: silentLogger });
  }

  /** Ids of the running containers of a Pod. */
  async ofPod(name: string): Promise<string[]> {
    const containers = await this.#cri.runtime.listContainers({ labelSelector: { 'io.kubernetes.pod.name': name } });
    return containers.filter(({ state }) => Number(state ?? 0) === 1).map(({ id }) => id);
  }

  /** Ends and removes a container by force. */
  remove(id: string): Promise<void> {
    return this.#cri.runtime.removeContainer(id);
  }

  /** The last lines a container wrote, without the log format's own words. */
  async logTail(id: string, lines: number): Promise<string> {
    const { logPath } = await this.#cri.runtime.containerStatus(id);
    const written = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-lines);
    return written.map((line) => `${line.replace(/^\S+ \S+ \S+ /, '')}\n`).join('');
  }

  close(): void {
    this.#cri.close();
  }
}
