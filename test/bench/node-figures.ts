/** The figures of a cluster with a real node: start, memory, processor time at rest, Pods, a Deployment on the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { measureCriAlone } from './cri-alone.ts';
import { measureNamespaceEnd, measurePodLatency, startSleepers } from './pod-latency.ts';
import { processTree, processorTime, residentMemory } from './processor-time.ts';
import { startWholeCluster } from './whole-cluster.ts';

export interface NodeFigures {
  /** `up` in a new folder, and again in it, ms. */
  readonly firstUp: number;
  readonly warmUp: number;
  /** Resident memory at rest, MiB: the k8ts process, and with containerd. */
  readonly memory: number;
  readonly memoryWithRuntime: number;
  readonly onePod: number;
  readonly onePodFurnished: number;
  readonly twentyPods: number;
  /** The runtime alone, for one Pod and for twenty, ms. */
  readonly criOnePod: number;
  readonly criTwentyPods: number;
  /** Share of one processor with ten idle Pods, percent: the k8ts process, and with containerd. Undefined where it was not asked for. */
  readonly idle: { readonly own: number; readonly withRuntime: number } | undefined;
  /** A namespace of 100 running Pods, deleted to gone, ms. */
  readonly namespaceEnd: number;
  /** A Deployment of 500 replicas to 500 Pod objects, ms. */
  readonly rollOut: number;
}

/** At rest: after the work's own aftermath, and for long enough that what comes once a minute is in it. */
const settleSeconds = 30;
const restSeconds = 60;

/** `atRest`: whether to measure the minute and a half in which nothing happens, too. */
export async function measureNode(folder: string, options: { readonly atRest: boolean }): Promise<NodeFigures> {
  const first = startWholeCluster(folder);
  first.down();
  const cluster = startWholeCluster(folder);
  try {
    const connection = new Connection(cluster.kubeconfig);
    await sleep(5000);
    const memory = residentMemory(cluster.pid);
    const memoryWithRuntime = treeMemory(cluster.pid);
    await cluster.importImage();
    const { one, oneFurnished, burst } = await measurePodLatency(connection, 8, 20);
    const alone = await measureCriAlone(cluster.dataDir, 8, 20);
    const idle = options.atRest ? await measureRest(connection, cluster.pid) : undefined;
    const rollOut = await measureRollOut(connection, 500);
    const namespaceEnd = await measureNamespaceEnd(connection, 100);
    connection.close();
    return { firstUp: first.startup.clusterReady, warmUp: cluster.startup.clusterReady, memory, memoryWithRuntime, onePod: one, onePodFurnished: oneFurnished, twentyPods: burst, criOnePod: alone.one, criTwentyPods: alone.burst, idle, namespaceEnd, rollOut };
  } finally {
    cluster.down();
  }
}

/** k8ts and containerd themselves, without shims and what runs in containers. */
function ownProcesses(pid: number): number[] {
  return processTree(pid).slice(0, 2);
}

const treeMemory = (pid: number): number => ownProcesses(pid).reduce((sum, member) => sum + residentMemory(member), 0);

async function measureRest(connection: Connection, pid: number): Promise<NodeFigures['idle']> {
  const removeSleepers = await startSleepers(connection, Array.from({ length: 10 }, (_, i) => `idle-${i}`));
  await sleep(settleSeconds * 1000);
  const all = (): number => ownProcesses(pid).reduce((sum, member) => sum + processorTime(member).all, 0);
  const before = { own: processorTime(pid).all, all: all() };
  await sleep(restSeconds * 1000);
  const percent = (ms: number): number => ms / restSeconds / 10;
  const idle = { own: percent(processorTime(pid).all - before.own), withRuntime: percent(all() - before.all) };
  await removeSleepers();
  return idle;
}

/** The Pods cannot be scheduled: what is measured is the way from the Deployment to the Pod objects. */
export async function measureRollOut(connection: Connection, replicas: number): Promise<number> {
  const labels = { app: 'roll-out' };
  const path = '/api/v1/namespaces/default/pods';
  const { metadata } = await connection.ask<{ metadata: { resourceVersion: string } }>('GET', `${path}?limit=1`);
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const end = await connection.watch(`${path}?watch=1&labelSelector=app%3Droll-out&resourceVersion=${metadata.resourceVersion}`, (line) => {
    if (line.startsWith('{"type":"ADDED"') && ++seen === replicas) resolve();
  });
  const start = performance.now();
  const template = { metadata: { labels }, spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'c', image: 'example.test/app:1' }] } };
  await connection.ask('POST', '/apis/apps/v1/namespaces/default/deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'roll-out' }, spec: { replicas, selector: { matchLabels: labels }, template } });
  await promise;
  const ms = performance.now() - start;
  end();
  await connection.ask('DELETE', '/apis/apps/v1/namespaces/default/deployments/roll-out');
  return ms;
}
