/** What an instance may leave on a machine, found by the names that are the instance's own. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describeDataDirectory } from '../../src/cluster/data-directory.ts';

/** Lines that say what is left; empty when all is clean. `dataDir` may be gone already, but must be a real path. */
export function leftovers(dataDir: string): string[] {
  const { id } = describeDataDirectory(dataDir);
  const mine = (text: string): boolean => text.includes(dataDir) || text.includes(id);
  return [
    ...processes().filter(({ text }) => mine(text)).map(({ pid, text }) => `process ${pid}: ${text}`),
    ...lines(readFileSync('/proc/self/mountinfo', 'utf8')).filter(mine).map((line) => `mount ${line}`),
    ...command('ip', ['-o', 'link']).filter(mine).map((line) => `interface ${line}`),
    ...command('ip', ['route', 'show', 'table', 'all']).filter(mine).map((line) => `route ${line}`),
    ...command('nft', ['list', 'tables']).filter(mine).map((line) => `nftables ${line}`),
    ...command('ip', ['netns', 'list']).filter(mine).map((line) => `network namespace ${line}`),
    ...(existsSync(`/run/k8ts/${id}`) ? [`folder /run/k8ts/${id}`] : []),
    ...(existsSync(`/sys/fs/cgroup/memory/k8ts-${id}`) || existsSync(`/sys/fs/cgroup/k8ts-${id}`) ? [`cgroup k8ts-${id}`] : []),
  ];
}

function processes(): { pid: string; text: string }[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      return [{ pid, text: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

function command(program: string, args: readonly string[]): string[] {
  try {
    return lines(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return []; // a machine without the program has none of its things
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
