/**
 * What containerd and runc take for the same Pods when nobody else is at work: the floor under every figure of Pods, on this machine at this
 * hour. Asks the runtime interface of a running cluster's containerd, as its node agent does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { instancePaths } from '../../src/kubelet/containerd/instance-paths.ts';
import { connectCri, type CriRuntime } from '../../src/kubelet/cri/cri-runtime.ts';
import { SecurityProfileProfileType } from '../../src/kubelet/cri/messages.ts';
import type { ContainerConfigInput, SandboxConfig } from '../../src/kubelet/cri/runtime-service.ts';
import { busyboxName } from '../harness/busybox-image.ts';

export interface CriAlone {
  /** Median over single Pods, sandbox to running container, ms. */
  readonly one: number;
  /** All of a burst running, ms. */
  readonly burst: number;
}

export async function measureCriAlone(dataDir: string, singles: number, burst: number): Promise<CriAlone> {
  const { socket, cgroupParent } = instancePaths(dataDir);
  const cri = connectCri({ socket, clock: systemClock, log: silentLogger });
  try {
    const image = await cri.images.imageStatus(busyboxName);
    if (!image) throw new Error(`${busyboxName} is not on the node`);
    const pods = new BarePods(cri, image.id, cgroupParent);
    const times: number[] = [];
    for (let i = 0; i < singles; i++) {
      const begun = performance.now();
      const sandbox = await pods.start(`bare-${i}`);
      times.push(performance.now() - begun);
      await pods.end(sandbox);
    }
    await sleep(1000);
    const begun = performance.now();
    const sandboxes = await Promise.all(Array.from({ length: burst }, (_, i) => pods.start(`bare-many-${i}`)));
    const all = performance.now() - begun;
    await Promise.all(sandboxes.map((sandbox) => pods.end(sandbox)));
    return { one: times.sort((a, b) => a - b)[singles >> 1] ?? 0, burst: all };
  } finally {
    cri.close();
  }
}

/** They carry no labels of the node agent's, which therefore leaves them alone. */
class BarePods {
  readonly #runtime: CriRuntime['runtime'];
  readonly #image: string;
  readonly #cgroupParent: string;

  constructor({ runtime }: CriRuntime, image: string, cgroupParent: string) {
    this.#runtime = runtime;
    this.#image = image;
    this.#cgroupParent = cgroupParent;
  }

  async start(name: string): Promise<string> {
    const seccomp = { profileType: SecurityProfileProfileType.RuntimeDefault };
    const sandbox: SandboxConfig = { metadata: { name, namespace: 'bare', uid: name, attempt: 0 }, hostname: name, linux: { cgroupParent: `${this.#cgroupParent}/bare/${name}`, securityContext: { seccomp } } };
    const container: ContainerConfigInput = {
      metadata: { name: 'c', attempt: 0 }, image: { image: this.#image }, command: ['sleep', '3600'],
      linux: { securityContext: { seccomp: { profileType: SecurityProfileProfileType.Unconfined } } },
    };
    const id = await this.#runtime.runPodSandbox(sandbox);
    await this.#runtime.startContainer(await this.#runtime.createContainer(id, container, sandbox));
    return id;
  }

  async end(sandbox: string): Promise<void> {
    await this.#runtime.stopPodSandbox(sandbox);
    await this.#runtime.removePodSandbox(sandbox);
  }
}
