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
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`mounting a tmpfs on ${folder}: ${done.stderr.trim()}`);
}
