/** What an instance may leave on a machine, found by the names that are the instance's own. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { describeDataDirectory } from '../../src/cluster/data-directory.ts';
import { cgroupRoots } from '../../src/kubelet/containerd/cgroups.ts';
import { ownedByServiceProxy } from '../../src/network/service-proxy/owned.ts';

/** Lines that say what is left; empty when all is clean. `dataDir` may be gone already, but must be a real path. */
export function leftovers(dataDir: string): string[] {
  const { id } = describeDataDirectory(dataDir);
  const { table, link } = ownedByServiceProxy(id);
  const mine = (text: string): boolean => text.includes(dataDir) || text.includes(id) || text.includes(table) || text.includes(link);
  const cgroups = cgroupRoots().map((root) => path.join(root, `k8ts-${id}`));
  return [
    ...processes().filter(({ text }) => mine(text)).map(({ pid, text }) => `process ${pid}: ${text}`),
    ...lines(readFileSync('/proc/self/mountinfo', 'utf8')).filter(mine).map((line) => `mount ${line}`),
    ...command('ip', ['-o', 'link']).filter(mine).map((line) => `interface ${line}`),
    ...command('ip', ['route', 'show', 'table', 'all']).filter(mine).map((line) => `route ${line}`),
    ...command('nft', ['list', 'ruleset']).filter(mine).map((line) => `nftables ${line}`),
    ...command('ip', ['netns', 'list']).filter(mine).map((line) => `network namespace ${line}`),
    ...lines(readFileSync('/proc/net/unix', 'utf8')).filter(mine).map((line) => `socket ${line}`),
    ...(existsSync(`/run/k8ts/${id}`) ? [`folder /run/k8ts/${id}`] : []),
    ...cgroups.filter((folder) => existsSync(folder)).map((folder) => `cgroup ${folder}`),
    ...ownLogs(id),
  ];
}

/** Links that lead nowhere count as nobody's: an older instance's, perhaps. */
function ownLogs(id: string): string[] {
  const folders = namesIn('/var/log/pods').map((name) => `/var/log/pods/${name}`).filter((folder) => existsSync(`${folder}/.k8ts-${id}`));
  const links = namesIn('/var/log/containers').map((name) => `/var/log/containers/${name}`).filter((link) => folders.some((folder) => readlinkSync(link).startsWith(`${folder}/`)));
  return [...folders.map((folder) => `logs ${folder}`), ...links.map((link) => `log link ${link}`)];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
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
