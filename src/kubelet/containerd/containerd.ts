/**
 * An instance's own containerd: started, adopted, watched over, ended.
 *
 * It runs detached and outlives the server, and its containers outlive it: a server that starts again takes over the running
 * one, and a containerd that died is started again while the containers go on. `stopContainerd` (teardown.ts) ends it all.
 */
import { spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { endProcess, identify, isAlive, signalProcess, waitUntilGone, type ProcessIdentity } from '../../base/process-identity.ts';
import { connectCri, type CriRuntime } from '../cri/cri-runtime.ts';
import { containerdConfig } from './config.ts';
import { instancePaths, type InstancePaths } from './instance-paths.ts';
import { inspectMachine, type Machine } from './machine.ts';
import { stateFolder } from './memory-folder.ts';
import { endOrphans, OrphanLooks } from './orphans.ts';

export interface ContainerdOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Looked up where absent. */
  readonly machine?: Machine | undefined;
}

export interface Containerd {
  readonly paths: InstancePaths;
  readonly machine: Machine;
  readonly cri: CriRuntime;
  /** True where a running containerd of this instance was taken over. */
  readonly adopted: boolean;
  readonly process: ProcessIdentity;
  /** Lets go: containerd and all containers stay. */
  close(): Promise<void>;
}

const startupMs = 20_000;
const watchMs = 1000;

/** Resolves once containerd answers. Throws MachineLacks, or an Error with the end of containerd's log. */
export async function startContainerd(options: ContainerdOptions): Promise<Containerd> {
  mkdirSync(options.dataDir, { recursive: true });
  const { clock, log } = options;
  const machine = options.machine ?? inspectMachine();
  const paths = instancePaths(options.dataDir);
  makeFolders(paths);
  const config = containerdConfig(paths, machine);
  let running = runningContainerd(paths);
  if (running && readIfThere(paths.containerdConfig) !== config) {
    log.info('restarting containerd with a new configuration', { pid: running.pid });
    await endProcess(running, 10_000, clock);
    running = undefined;
  }
  writeFileSync(paths.containerdConfig, config);
  const adopted = running !== undefined;
  const cri = connectCri({ socket: paths.socket, clock, log });
  const stopping = new AbortController();
  const owner = { current: running ?? launch(paths, machine) };
  try {
    await waitReady(cri, owner.current, paths, clock);
  } catch (error) {
    cri.close();
    throw error;
  }
  const watching = watch(owner, { cri, paths, machine, clock, log, signal: stopping.signal });
  return {
    paths,
    machine,
    cri,
    adopted,
    get process() {
      return owner.current;
    },
    async close() {
      stopping.abort();
      await watching;
      cri.close();
    },
  };
}

/** The live containerd of this instance, if there is one. */
export function runningContainerd(paths: InstancePaths): ProcessIdentity | undefined {
  const [pid, start] = (readIfThere(paths.pidFile) ?? '').split(' ');
  const ref = { pid: Number(pid), start: (start ?? '').trim() };
  return ref.pid > 1 && isAlive(ref) ? ref : undefined;
}

function makeFolders(paths: InstancePaths): void {
  stateFolder(paths);
  for (const folder of [paths.containerdRoot, path.dirname(paths.containerdLog), paths.registryConfig, paths.cniConfig, paths.cniState, paths.pods]) {
    mkdirSync(folder, { recursive: true });
  }
  chmodSync(paths.pods, 0o750);
}

function launch(paths: InstancePaths, machine: Machine): ProcessIdentity {
  const log = openSync(paths.containerdLog, 'a', 0o600);
  rmSync(paths.socket, { force: true });
  const child = spawn(machine.containerd, ['--config', paths.containerdConfig], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log],
    env: { PATH: `${path.dirname(machine.runc)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`, ...proxyEnvironment() },
  });
  closeSync(log);
  child.on('error', () => undefined); // waitReady reports it
  child.unref();
  const ref = child.pid === undefined ? undefined : identify(child.pid);
  if (!ref) throw new Error(`containerd did not start: ${machine.containerd}`);
  writeFileSync(paths.pidFile, `${ref.pid} ${ref.start}\n`);
  return ref;
}

/** containerd pulls images itself, so a proxy that the user has set must reach it. */
function proxyEnvironment(): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

async function waitReady(cri: CriRuntime, ref: ProcessIdentity, paths: InstancePaths, clock: Clock): Promise<void> {
  const until = clock.monotonic() + startupMs;
  for (;;) {
    try {
      if (existsSync(paths.socket)) {
        // Its version it tells before it can do anything else.
        await cri.runtime.listPodSandboxes();
        return;
      }
    } catch (error) {
      if (clock.monotonic() > until) throw new Error(`containerd does not answer: ${messageOf(error)}\n${logEnd(paths)}`, { cause: error });
    }
    if (!isAlive(ref)) throw new Error(`containerd ended while starting:\n${logEnd(paths)}`);
    if (clock.monotonic() > until) {
      signalProcess(ref, 'SIGKILL');
      await waitUntilGone(ref, 5000, clock);
      throw new Error(`containerd does not answer:\n${logEnd(paths)}`);
    }
    await clock.sleep(15);
  }
}

interface WatchOptions {
  readonly cri: CriRuntime;
  readonly paths: InstancePaths;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Starts a containerd that died again, at once the first time and then ever more slowly. */
async function watch(owner: { current: ProcessIdentity }, options: WatchOptions): Promise<void> {
  const { paths, machine, clock, log } = options;
  let wait = watchMs;
  const orphans = new OrphanLooks();
  orphans.begin(clock.monotonic());
  for (;;) {
    await clock.sleep(wait, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted) return;
    if (isAlive(owner.current)) {
      wait = watchMs;
      if (orphans.isDue(clock.monotonic())) await look(owner.current, options);
      continue;
    }
    log.warn('containerd died; starting it again', { pid: owner.current.pid });
    try {
      owner.current = launch(paths, machine);
      wait = watchMs;
      orphans.begin(clock.monotonic());
    } catch (error) {
      log.error('containerd cannot be started', { error: messageOf(error) });
      wait = Math.min(wait * 2, 30_000);
    }
  }
}

async function look(containerd: ProcessIdentity, { cri, paths, machine, clock, log }: WatchOptions): Promise<void> {
  const makers = [containerd, identify(process.pid)].filter((maker) => maker !== undefined);
  await endOrphans({ paths, makers, runtime: cri.runtime, runc: machine.runc, clock, log }).catch((error: unknown) => log.debug('orphans not looked for', { error: messageOf(error) }));
}

function logEnd(paths: InstancePaths): string {
  return (readIfThere(paths.containerdLog) ?? '').split('\n').slice(-15).join('\n');
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
