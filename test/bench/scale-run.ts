/** One size of simulated cluster, measured: nodes Ready, Pods Running that name their node, Pods Running through the scheduler. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { processorTime } from './processor-time.ts';
import { startServerProcess } from './server-process.ts';

export interface Stretch {
  /** Wall time, ms. */
  readonly took: number;
  /** Processor time of all of the server's threads, and of its main thread, ms. */
  readonly processor: number;
  readonly main: number;
  /** How long the server's main thread waited for a processor, ms. */
  readonly starved: number;
  /** How many were Running or Ready after how many ms. */
  readonly curve: readonly (readonly [ms: number, count: number])[];
}

export interface ScaleFigures {
  readonly nodes: number;
  readonly pods: number;
  readonly nodesReady: Stretch;
  readonly named: Stretch;
  readonly scheduled: Stretch;
  /** The most resident memory that the server ever had, MiB. */
  readonly memory: number;
  /** The slowest of the kubectl runs meanwhile, ms. */
  readonly slowestKubectl: number;
}

const clients = 48;

/** `folder` is where the server keeps its data. */
export async function measureScale(folder: string, { nodes, pods }: { readonly nodes: number; readonly pods: number }): Promise<ScaleFigures> {
  const server = await startServerProcess(folder, ['--no-node', '--simulated-nodes', String(nodes)]);
  const connection = new Connection(server.kubeconfig);
  const kubectl = probe(server.kubeconfig, folder);
  try {
    const nodesReady = await stretch(server.pid, connection, '/api/v1/nodes', nodes, isReadyNode, async () => {});
    const named = await inNamespace(connection, 'named', (base) => podsRunning(server.pid, connection, base, pods, (i) => ({ nodeName: `node-${String((i % nodes) + 1).padStart(4, '0')}` })));
    const scheduled = await inNamespace(connection, 'scheduled', (base) => podsRunning(server.pid, connection, base, pods, () => ({})));
    const memory = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    return { nodes, pods, nodesReady, named, scheduled, memory, slowestKubectl: await kubectl.stop() };
  } finally {
    await kubectl.stop();
    connection.close();
    await server.stop();
  }
}

async function inNamespace(connection: Connection, name: string, act: (base: string) => Promise<Stretch>): Promise<Stretch> {
  await connection.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  while ((await connection.send('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`)).status !== 200) await sleep(20);
  const figures = await act(`/api/v1/namespaces/${name}/pods`);
  await connection.ask('DELETE', `/api/v1/namespaces/${name}`);
  while ((await connection.send('GET', `/api/v1/namespaces/${name}`)).status === 200) await sleep(100);
  return figures;
}

function podsRunning(pid: number, connection: Connection, base: string, pods: number, spec: (index: number) => object): Promise<Stretch> {
  const containers = [{ name: 'app', image: 'example.test/app:1', resources: { requests: { cpu: '10m', memory: '16Mi' } } }];
  const pod = (i: number): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, labels: { app: 'scale' } }, spec: { containers, terminationGracePeriodSeconds: 0, ...spec(i) } });
  return stretch(pid, connection, base, pods, isRunningPod, async () => {
    let next = 0;
    const client = async (): Promise<void> => {
      while (next < pods) await connection.ask('POST', base, pod(next++));
    };
    await Promise.all(Array.from({ length: clients }, client));
  });
}

/** Watches until as many objects as wanted are in the wanted state. */
async function stretch(pid: number, connection: Connection, path: string, wanted: number, isDone: (line: string) => boolean, act: () => Promise<void>): Promise<Stretch> {
  const before = processorTime(pid);
  const begun = performance.now();
  const done = new Set<string>();
  const curve: [number, number][] = [[0, 0]];
  const all = Promise.withResolvers<void>();
  const stop = await connection.watch(`${path}?watch=true&timeoutSeconds=600`, (line) => {
    const name = /"name":"([^"]+)"/.exec(line)?.[1];
    if (name === undefined || !isDone(line)) return;
    done.add(name);
    const now = performance.now() - begun;
    if (now - (curve.at(-1)?.[0] ?? 0) > 250) curve.push([now, done.size]);
    if (done.size >= wanted) all.resolve();
  });
  await Promise.all([act(), all.promise]);
  const took = performance.now() - begun;
  stop();
  const after = processorTime(pid);
  return { took, processor: after.all - before.all, main: after.main - before.main, starved: after.starved - before.starved, curve: [...curve, [took, done.size]] };
}

const isReadyNode = (line: string): boolean => /"type":"Ready"[^{}]*"status":"True"|"status":"True"[^{}]*"type":"Ready"/.test(line);
const isRunningPod = (line: string): boolean => line.includes('"phase":"Running"');

/** Asks with kubectl again and again, as a person would. */
function probe(kubeconfig: string, home: string): { stop(): Promise<number> } {
  let slowest = 0;
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      const begun = performance.now();
      await promisify(execFile)('kubectl', ['--kubeconfig', kubeconfig, 'get', 'namespaces'], { env: { ...process.env, HOME: home } });
      // The first one reads what the server has to offer, and keeps it.
      slowest = Math.max(slowest, performance.now() - begun);
      await sleep(1000);
    }
  })().catch((error: unknown) => {
    if (!stopped) throw error;
  });
  return {
    stop: async () => {
      stopped = true;
      await asking;
      return slowest;
    },
  };
}
