/** A cluster with a real node, as `k8ts up` gives it. Needs root and containerd. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { instancePaths } from '../../src/kubelet/containerd/instance-paths.ts';
import { busyboxImage } from '../harness/busybox-image.ts';
import { root, type StartupTimes } from './server-process.ts';

const k8ts = path.join(root, 'k8ts');

/** Why there can be no node here, or false. */
export function whyNoNode(): string | false {
  if (process.getuid?.() !== 0) return 'containers need root';
  if (!existsSync('/usr/bin/containerd')) return 'containerd is not installed';
  return existsSync('/bin/busybox') ? false : 'busybox-static is not installed';
}

export interface WholeCluster {
  /** The k8ts process; containerd is among its children. */
  readonly pid: number;
  readonly dataDir: string;
  readonly kubeconfig: string;
  readonly startup: StartupTimes;
  /** Brings busybox (test/harness/busybox-image.ts) to the node. */
  importImage(): Promise<void>;
  down(): void;
}

/** `folder` holds the cluster; a second start in it is a warm one. */
export function startWholeCluster(folder: string): WholeCluster {
  const data = path.join(folder, 'data');
  const kubeconfig = path.join(folder, 'kubeconfig');
  const begun = performance.now();
  execFileSync(k8ts, ['up', '--data-dir', data, '--name', 'bench', '--port', '0', '--kubeconfig', kubeconfig], { stdio: ['ignore', 'pipe', 'pipe'] });
  const clusterReady = performance.now() - begun;
  const { process: server } = JSON.parse(readFileSync(path.join(data, 'server.json'), 'utf8')) as { process: { pid: number } };
  const log = readFileSync(path.join(data, 'server.log'), 'utf8');
  const apiReady = Number([...log.matchAll(/the API is ready .*ms=(\d+)/g)].at(-1)?.[1]);
  return {
    pid: server.pid,
    dataDir: data,
    kubeconfig,
    startup: { apiReady, clusterReady },
    importImage: () => importImage(data),
    down: () => void execFileSync(k8ts, ['down', '--data-dir', data], { stdio: 'pipe' }),
  };
}

async function importImage(data: string): Promise<void> {
  const { socket } = instancePaths(data);
  const ctr = spawn('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', '-'], { stdio: ['pipe', 'ignore', 'inherit'] });
  ctr.stdin.end(busyboxImage());
  const [code] = (await once(ctr, 'close')) as [number];
  if (code !== 0) throw new Error('the image could not be imported');
}
