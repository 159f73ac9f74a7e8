/** A process named by its id and its start time, so that a reused id is never mistaken for it. */
import { readFileSync, readdirSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';

export interface ProcessRef {
  readonly pid: number;
  /** Clock ticks since boot, as /proc has it. */
  readonly startTime: string;
}

interface Stat {
  readonly state: string;
  readonly startTime: string;
}

function readStat(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export function processRef(pid: number): ProcessRef | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTime: stat.startTime };
}

/** False also for a process that ended but was not waited for. */
export function isAlive(ref: ProcessRef): boolean {
  const stat = readStat(ref.pid);
  return stat !== undefined && stat.startTime === ref.startTime && stat.state !== 'Z' && stat.state !== 'X';
}

export function signal(ref: ProcessRef, name: NodeJS.Signals): void {
  if (!isAlive(ref)) return;
  try {
    process.kill(ref.pid, name);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** True once it is gone; false when `ms` passed first. */
export async function waitGone(ref: ProcessRef, ms: number, clock: Clock): Promise<boolean> {
  const until = clock.monotonic() + ms;
  while (isAlive(ref)) {
    if (clock.monotonic() > until) return false;
    await clock.sleep(10);
  }
  return true;
}

/** TERM, then KILL after `ms`; resolves once the process is gone. */
export async function end(ref: ProcessRef, ms: number, clock: Clock): Promise<void> {
  signal(ref, 'SIGTERM');
  if (await waitGone(ref, ms, clock)) return;
  signal(ref, 'SIGKILL');
  await waitGone(ref, 5000, clock);
}

/** Processes whose command line satisfies `test`. */
export function findProcesses(test: (args: readonly string[]) => boolean): ProcessRef[] {
  const found: ProcessRef[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const args = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').slice(0, -1);
      const ref = args.length > 0 && test(args) ? processRef(Number(entry)) : undefined;
      if (ref) found.push(ref);
    } catch {
      continue; // ended meanwhile
    }
  }
  return found;
}
