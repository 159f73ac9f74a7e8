/** A k8ts server of the built bundle, in a folder of its own, as a process that can be measured. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = path.resolve(import.meta.dirname, '../..');

/** BENCH_DIST names another build, to compare with. */
const bundle = process.env['BENCH_DIST'] ?? path.join(root, 'dist');

export interface ServerProcess {
  readonly pid: number;
  readonly kubeconfig: string;
  readonly startup: StartupTimes;
  stop(): Promise<void>;
}

/** Milliseconds from the start of the process. */
export interface StartupTimes {
  readonly apiReady: number;
  readonly clusterReady: number;
}

/** `folder` is kept, so that a second start finds what the first one wrote. */
export async function startServerProcess(folder: string, flags: readonly string[]): Promise<ServerProcess> {
  const log = path.join(folder, `bench-${process.hrtime.bigint()}.log`);
  const kubeconfig = path.join(folder, 'kubeconfig');
  const out = openSync(log, 'w');
  const args = ['--max-semi-space-size=8', path.join(bundle, 'cli.js'), 'server', '--data-dir', path.join(folder, 'data'), '--port', '0', '--kubeconfig', kubeconfig, ...flags];
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', out, out], env: { ...process.env, K8TS_ROOT: root, MALLOC_ARENA_MAX: '1' } });
  const apiReady = await logged(child, log, 'the API is ready', begun);
  const clusterReady = await logged(child, log, 'the cluster is ready', begun);
  return { pid: child.pid ?? 0, kubeconfig, startup: { apiReady, clusterReady }, stop: () => stop(child) };
}

/** When the log says so, ms after `begun`. */
async function logged(child: ChildProcess, log: string, text: string, begun: number): Promise<number> {
  for (let waited = 0; waited < 120_000; waited += 2) {
    if (readFileSync(log, 'utf8').includes(text)) return performance.now() - begun;
    if (child.exitCode !== null) throw new Error(`the server ended: ${readFileSync(log, 'utf8')}`);
    await sleep(2);
  }
  throw new Error(`the server does not say "${text}": ${readFileSync(log, 'utf8')}`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
