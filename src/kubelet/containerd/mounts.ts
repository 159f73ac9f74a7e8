/** Mounts below a folder, from the kernel's table. */
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const unescape = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** Mount points at or below `folder`, deepest and newest first. */
export function mountsBelow(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((mount) => mount === folder || mount.startsWith(folder === '/' ? '/' : `${folder}/`))
    .reverse();
}

export function isMountPoint(folder: string): boolean {
  return mountsBelow(folder).includes(folder);
}

/** Detaches every mount at or below `folder`. */
export function unmountBelow(folder: string): void {
  for (const mount of mountsBelow(folder)) spawnSync('umount', ['--lazy', mount], { stdio: 'ignore' });
}

/** Throws an Error with mount's own words. */
export function mountTmpfs(folder: string, options: string): void {
  mount(['-t', 'tmpfs', '-o', options, 'tmpfs', folder], `mounting a tmpfs on ${folder}`);
}

/** Shows one folder in another's place. Throws an Error with mount's own words. */
export function bindFolder(source: string, target: string): void {
  mount(['--bind', source, target], `binding ${source} to ${target}`);
}

function mount(args: readonly string[], doing: string): void {
  const done = spawnSync('mount', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${doing}: ${done.stderr.trim()}`);
}
