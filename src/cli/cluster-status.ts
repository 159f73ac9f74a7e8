/** What can be said of an instance from outside: from its folder, its process and its API. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { DataDirectory } from '../cluster/data-directory.ts';
import { connectWith, type ApiConnection } from './api-connection.ts';
import { rememberedPackages } from './install/ensure-programs.ts';
import { runningServer, type ServerState } from './server-state.ts';

export interface NodeStatus {
  readonly name: string;
  readonly ready: boolean;
}

export interface ClusterStatus {
  readonly state: 'running' | 'starting' | 'unhealthy' | 'stopped' | 'absent';
  readonly dataDirectory: string;
  readonly version?: string;
  readonly pid?: number;
  readonly uptimeSeconds?: number;
  readonly memoryBytes?: number;
  readonly server?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  /** What is wrong, when the state is unhealthy. */
  readonly problem?: string;
  readonly nodes?: readonly NodeStatus[];
  readonly ports?: Readonly<Record<string, string>>;
  readonly databaseBytes?: number;
  readonly options?: Readonly<Record<string, string>>;
  /** Packages of the distribution that were installed for it. */
  readonly installedPackages?: readonly string[];
}

export async function clusterStatus(directory: DataDirectory, exists: boolean, clock: Clock): Promise<ClusterStatus> {
  const dataDirectory = directory.root;
  if (!exists) return { state: 'absent', dataDirectory };
  const kept = keptFacts(directory);
  const running = runningServer(directory);
  if (!running) return { state: 'stopped', dataDirectory, ...kept };
  const process = processFacts(running, clock);
  if (!running.ready) return { state: 'starting', dataDirectory, ...process, ...kept };
  return { ...(await askServer(directory)), dataDirectory, ...process, ...kept };
}

type Kept = Pick<ClusterStatus, 'databaseBytes' | 'installedPackages'>;

function keptFacts(directory: DataDirectory): Kept {
  const { dir, base } = path.parse(directory.database);
  const files = readdirSync(dir).filter((name) => name === base || name === `${base}-wal`);
  const packages = rememberedPackages(directory);
  return {
    ...(files.length > 0 ? { databaseBytes: files.reduce((sum, name) => sum + statSync(path.join(dir, name)).size, 0) } : {}),
    ...(packages.length > 0 ? { installedPackages: packages } : {}),
  };
}

function processFacts(running: ServerState, clock: Clock): Partial<ClusterStatus> {
  const memory = residentBytes(running.process.pid);
  return {
    version: running.version,
    pid: running.process.pid,
    uptimeSeconds: Math.max(0, Math.round((clock.now() - Date.parse(running.startedAt)) / 1000)),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(running.server === '' ? {} : { server: running.server }),
    context: running.context,
    ...(running.kubeconfig === undefined ? {} : { kubeconfig: running.kubeconfig }),
    ports: running.ports,
    options: running.options,
  };
}

function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

async function askServer(directory: DataDirectory): Promise<Pick<ClusterStatus, 'state'> & Partial<ClusterStatus>> {
  try {
    const connection = connectWith(directory.adminKubeconfig);
    const { status, body } = await connection.get('/readyz?verbose');
    if (status !== 200) return { state: 'unhealthy', problem: body.trim().split('\n').find((line) => line.startsWith('[-]')) ?? body.trim() };
    const nodes = await nodesOf(connection);
    const waiting = nodes.filter(({ ready }) => !ready).map(({ name }) => name);
    return waiting.length > 0 ? { state: 'unhealthy', problem: `not Ready: ${waiting.join(', ')}`, nodes } : { state: 'running', nodes };
  } catch (error) {
    return { state: 'unhealthy', problem: `the API does not answer: ${messageOf(error)}` };
  }
}

interface NodeList {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } }[];
}

async function nodesOf(connection: ApiConnection): Promise<NodeStatus[]> {
  const { status, body } = await connection.get('/api/v1/nodes');
  if (status !== 200) return [];
  return (JSON.parse(body) as NodeList).items.map(({ metadata, status: of }) => ({
    name: metadata.name,
    ready: of?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
  }));
}
