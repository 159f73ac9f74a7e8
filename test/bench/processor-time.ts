/** What a process costs, read from /proc: processor time, time spent waiting for a processor, and resident memory. */
import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessorTime {
  /** Time of all threads, ms. */
  readonly all: number;
  /** Time of the main thread, ms: what limits a server with one event loop. */
  readonly main: number;
  /** How long the main thread could have run and found no free processor, ms: large on a busy machine. */
  readonly starved: number;
}

export function processorTime(pid: number): ProcessorTime {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => schedule(`/proc/${pid}/task/${thread}/schedstat`));
  const { ran, waited } = schedule(`/proc/${pid}/task/${pid}/schedstat`);
  return { all: threads.reduce((sum, thread) => sum + thread.ran, 0), main: ran, starved: waited };
}

/** Threads may end while they are counted. */
function schedule(file: string): { readonly ran: number; readonly waited: number } {
  try {
    const [ran = 0, waited = 0] = readFileSync(file, 'utf8').split(' ').map((nanoseconds) => Number(nanoseconds) / 1e6);
    return { ran, waited };
  } catch {
    return { ran: 0, waited: 0 };
  }
}

/** Resident memory, MiB. */
export function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** The process and everything it started that still belongs to it. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(entry);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
