/** The instance's folder for files that must not reach a disk. */
import { chmodSync, mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import type { InstancePaths } from './instance-paths.ts';
import { isMountPoint, mountTmpfs } from './mounts.ts';

const tmpfsMagic = 0x01021994;

/** Makes it where it is not there; /run is in memory on nearly every system, else a tmpfs is mounted (and goes at teardown). */
export function memoryFolder(paths: InstancePaths): string {
  const folder = path.join(paths.stateDir, 'memory');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  chmodSync(folder, 0o711);
  if (statfsSync(folder).type !== tmpfsMagic && !isMountPoint(folder)) mountTmpfs(folder, 'mode=0711');
  return folder;
}
