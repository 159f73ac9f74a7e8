/**
 * What was left half made when containerd, or who had asked it, died: sandboxes whose shims, processes and mounts containerd knows
 * nothing of. Only what is older than the containerd or the agent that runs now can be that; younger things are still being made.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { argumentsOf, findProcesses, signalProcess, startsBefore, waitUntilGone, type ProcessIdentity } from '../../base/process-identity.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import type { InstancePaths } from './instance-paths.ts';
import { unmountBelow } from './mounts.ts';

export interface OrphansOptions {
  readonly paths: InstancePaths;
  /** Who makes sandboxes now: what is older than the younger of them nobody is making any more. */
  readonly makers: readonly ProcessIdentity[];
  readonly runtime: RuntimeService;
  readonly runc: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Seconds after a start: soon, then steadily until the slowest worker has removed what it will. */
const looks = [3, 8, 15, 25, 35, 45, 60, 75, 90, 120, 180, 300];

/**
 * When to look: a sandbox that was half made may still be known at first, and be forgotten once its Pod's worker has removed it, with
 * its shim none the wiser.
 */
export class OrphanLooks {
  #due: number[] = [];

  /** A new containerd or agent began at `now`. */
  begin(now: number): void {
    this.#due = looks.map((seconds) => now + seconds * 1000);
  }

  isDue(now: number): boolean {
    const [next] = this.#due;
    if (next === undefined || next > now) return false;
    this.#due.shift();
    return true;
  }
}

interface Shim {
  readonly process: ProcessIdentity;
  /** Of the sandbox that it was started for. */
  readonly id: string;
}

/** Ends them; a shim that does not go is left, and told of. */
export async function endOrphans(options: OrphansOptions): Promise<void> {
  const { makers, runtime, paths } = options;
  const older = shims(paths).filter(({ process }) => makers.some((maker) => startsBefore(process, maker)));
  if (older.length === 0) return;
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandboxes(), runtime.listContainers()]);
  const known = new Set([...sandboxes, ...containers].map(({ id }) => id));
  for (const shim of older) if (!known.has(shim.id)) await end(shim, options);
}

function shims(paths: InstancePaths): Shim[] {
  const isOurs = (args: readonly string[]): boolean => path.basename(args[0] ?? '').startsWith('containerd-shim') && args.includes(paths.socket);
  return findProcesses(isOurs).flatMap((process) => {
    const args = argumentsOf(process.pid);
    const id = args[args.indexOf('-id') + 1];
    return args.includes('-id') && id !== undefined ? [{ process, id }] : [];
  });
}

async function end({ process, id }: Shim, { paths, runc, clock, log }: OrphansOptions): Promise<void> {
  log.info('ending what is left of a sandbox that containerd lost when it died', { sandbox: id });
  // There may be no container yet.
  await promisify(execFile)(runc, ['--root', path.join(paths.runcRoot, 'k8s.io'), 'delete', '--force', id]).catch(() => undefined);
  signalProcess(process, 'SIGKILL');
  if (!(await waitUntilGone(process, 5000, clock))) log.warn('a shim does not end', { pid: process.pid });
  unmountBelow(path.join(paths.containerdState, 'io.containerd.runtime.v2.task', 'k8s.io', id));
}
