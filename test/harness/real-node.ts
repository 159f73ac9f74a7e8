/** A node with real containers over an in-memory cluster, in a data directory of its own that is gone afterwards. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger, silentLogger } from '../../src/base/log.ts';
import { stopContainerd } from '../../src/kubelet/containerd/teardown.ts';
import { importImageBytes } from '../../src/kubelet/images/import.ts';
import { startKubelet, type Kubelet, type KubeletOptions } from '../../src/kubelet/kubelet.ts';
import type { Container, Pod, PodSpec } from '../../src/resources/types/core-v1.ts';
import { busyboxImage, busyboxName } from './busybox-image.ts';
import { MemoryCluster } from './memory-node-objects.ts';

const log = process.env['K8TS_TEST_LOG'] ? createLogger(({ level, message, fields }) => console.error(level, message, JSON.stringify(fields)), 'debug') : silentLogger;

export class RealNode {
  readonly cluster = new MemoryCluster();
  readonly dataDir = mkdtempSync('/tmp/k8ts-node-');
  kubelet!: Kubelet;
  #serial = 0;
  readonly #subnet: string;
  readonly #options: Partial<KubeletOptions>;

  /** `subnet` is a /24 prefix of the test's own, '10.231.9'. */
  constructor(subnet: string, options: Partial<KubeletOptions> = {}) {
    this.#subnet = subnet;
    this.#options = options;
  }

  get logs(): string {
    return path.join(this.dataDir, 'logs');
  }

  async start(): Promise<void> {
    await this.startAgent();
    await importImageBytes(this.kubelet.containerd, busyboxImage());
  }

  /** Starts the agent alone, again. */
  async startAgent(more: Partial<KubeletOptions> = {}): Promise<void> {
    this.kubelet = await startKubelet({
      dataDir: this.dataDir, nodeName: 'test-node', hostIPs: ['10.1.2.3'], podCidrs: [`${this.#subnet}.0/24`], clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local',
      source: this.cluster, sink: this.cluster, objects: this.cluster, events: this.cluster, clock: systemClock, log, logs: this.logs, ...this.#options, ...more,
    });
  }

  /** A Pod of busybox containers; `command` is a shell script. */
  pod(name: string, spec: Partial<PodSpec> = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
    this.#serial += 1;
    return this.cluster.apply({
      metadata: { name, namespace: 'default', uid: `00000000-0000-4000-8000-${String(this.#serial).padStart(12, '0')}`, ...metadata },
      spec: { containers: [shell('main', 'exec sleep 100000')], ...spec },
    });
  }

  /** Runs a script in a Pod's first container, or in the one named. */
  async exec(pod: Pod, script: string, container = pod.spec?.containers[0]?.name): Promise<{ code: number; out: string; err: string }> {
    const status = this.cluster.status(pod.metadata.uid ?? '')?.containerStatuses?.find(({ name }) => name === container);
    const id = status?.containerID?.replace('containerd://', '') ?? '';
    const answer = await this.kubelet.containerd.cri.runtime.execSync(id, ['sh', '-c', script], 20);
    return { code: answer.exitCode, out: Buffer.from(answer.stdout).toString(), err: Buffer.from(answer.stderr).toString() };
  }

  async deletePod(pod: Pod, grace = 0): Promise<void> {
    const uid = pod.metadata.uid ?? '';
    this.cluster.delete(uid, grace);
    await this.cluster.until(() => !this.cluster.pods.has(uid));
  }

  /** Ends everything, and asserts that nothing is left. */
  async end(): Promise<void> {
    const { paths } = this.kubelet.containerd;
    await this.kubelet.close();
    await stopContainerd({ dataDir: this.dataDir, clock: systemClock, log });
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    assert.equal(mounts.includes(paths.id) || mounts.includes(this.dataDir), false, 'mounts are left');
    assert.equal(existsSync(paths.stateDir), false, 'state is left');
    assert.equal(existsSync(`/sys/fs/cgroup/memory${paths.cgroupParent}`), false, 'cgroups are left');
    assert.equal(execFileSync('ip', ['route'], { encoding: 'utf8' }).includes(`${this.#subnet}.`), false, 'routes are left');
    rmSync(this.dataDir, { recursive: true });
  }
}

export function shell(name: string, script: string, more: Partial<Container> = {}): Container {
  return { name, image: busyboxName, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...more };
}
