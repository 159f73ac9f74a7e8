/** Whether the processes of a control group are doing something just now. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface CgroupActivity {
  /** Processor time used since the group was made, in the kernel's own unit and words: equal texts mean that nothing ran. */
  readonly used: string;
  /** A process of it runs, waits for a processor, or waits for a disk. */
  readonly busy: boolean;
}

/**
 * Undefined where there is no such group, or no process in it. With what was seen `before`, processes are looked at only where
 * none of them ran since.
 */
export function cgroupActivity(group: string, before?: CgroupActivity): CgroupActivity | undefined {
  const folder = [path.join('/sys/fs/cgroup/cpuacct', group), path.join('/sys/fs/cgroup', group)].find((candidate) => readIfThere(path.join(candidate, 'cgroup.procs')) !== undefined);
  if (folder === undefined) return undefined;
  const used = readIfThere(path.join(folder, 'cpuacct.usage')) ?? readIfThere(path.join(folder, 'cpu.stat')) ?? '';
  const processes = (readIfThere(path.join(folder, 'cgroup.procs')) ?? '').split('\n').filter(Boolean);
  return processes.length === 0 ? undefined : { used, busy: used !== before?.used || processes.some(isBusy) };
}

/** The state follows the name, which is in parentheses and may contain any character. */
function isBusy(pid: string): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`) ?? '';
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return state === 'R' || state === 'D';
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // groups and processes come and go
  }
}
