/** Processes that are not this one's children: a process named by its id and its start, so that a reused id is never mistaken for it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { codeOf } from './errors.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever words this system has for it (without line breaks); compared only. */
  readonly start: string;
}

/** Undefined when there is no such process, or it has ended and only waits to be collected. */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = existsSync('/proc/self/stat') ? startFromProc(pid) : startFromPs(pid);
  return start === undefined ? undefined : { pid, start };
}

/** Whether one started before the other, by the kernel's clock ticks; false where there is no /proc to tell. */
export function startsBefore(one: ProcessIdentity, other: ProcessIdentity): boolean {
  const [ticks, otherTicks] = [one, other].map(({ start }) => Number(start.split('/')[1]));
  return ticks !== undefined && otherTicks !== undefined && ticks < otherTicks;
}

/** False also for a process that ended but was not waited for. */
export const isAlive = (identity: ProcessIdentity): boolean => identify(identity.pid)?.start === identity.start;

/** Sends a signal to that very process; false when it is gone or not ours to signal. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH' || codeOf(error) === 'EPERM') return false;
    throw error;
  }
}

const lookEveryMs = 10;
const insistMs = 5000;

/** True once it is gone; false when `ms` passed first. */
export async function waitUntilGone(identity: ProcessIdentity, ms: number, clock: Clock): Promise<boolean> {
  const until = clock.monotonic() + ms;
  while (isAlive(identity)) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(lookEveryMs);
  }
  return true;
}

/** Asks with SIGTERM, and with SIGKILL after `politeMs`. True once it is gone. */
export async function endProcess(identity: ProcessIdentity, politeMs: number, clock: Clock): Promise<boolean> {
  signalProcess(identity, 'SIGTERM');
  if (await waitUntilGone(identity, politeMs, clock)) return true;
  signalProcess(identity, 'SIGKILL');
  return waitUntilGone(identity, insistMs, clock);
}

/** Processes whose command line satisfies `test`; only where there is a /proc. */
export function findProcesses(test: (args: readonly string[]) => boolean): ProcessIdentity[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).flatMap((pid) => {
    const args = argumentsOf(pid);
    const found = args.length > 0 && test(args) ? identify(Number(pid)) : undefined;
    return found ? [found] : [];
  });
}

/** The words of its command line; none for a process that has ended meanwhile, or is the kernel's own. */
export function argumentsOf(pid: string | number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = 'X'] = fields;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return state === 'Z' || state === 'X' ? undefined : `${boot}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}
