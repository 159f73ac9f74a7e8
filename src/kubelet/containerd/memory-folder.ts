/** The instance's folders for what must not reach a disk, or gains nothing from it: the runtime's state, and files that may be secret. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import type { InstancePaths } from './instance-paths.ts';
import { bindFolder, isMountPoint, mountTmpfs, unmountBelow } from './mounts.ts';

const tmpfsMagic = 0x01021994;
const isInMemory = (folder: string): boolean => statfsSync(folder).type === tmpfsMagic;

/**
 * Makes the folder of the instance's state where it is not there. /run is in memory on nearly every system, else a tmpfs is mounted (and goes at
 * teardown): each start of a container writes a hundred small files here. State that lies on a disk already stays there until the instance
 * ends. Other instances read the files that are here before: the new folder holds them when it takes the old one's place.
 */
export function stateFolder({ stateDir }: InstancePaths): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o711 });
  if (isInMemory(stateDir)) return;
  const present = readdirSync(stateDir, { withFileTypes: true });
  if (present.some((entry) => entry.isDirectory())) return;
  const fresh = freshFolder(stateDir);
  mkdirSync(fresh, { recursive: true, mode: 0o711 });
  mountTmpfs(fresh, 'mode=0711');
  for (const { name } of present) copyFileSync(path.join(stateDir, name), path.join(fresh, name));
  bindFolder(fresh, stateDir);
  discardFreshFolder(stateDir);
}

const freshFolder = (stateDir: string): string => `${stateDir}.fresh`;

/** Takes away what a start that was cut short has left of the new folder. */
export function discardFreshFolder(stateDir: string): void {
  const fresh = freshFolder(stateDir);
  unmountBelow(fresh);
  rmSync(fresh, { recursive: true, force: true });
}

/** Makes the folder in memory for Pods' secrets where it is not there. */
export function memoryFolder({ stateDir }: InstancePaths): string {
  const folder = path.join(stateDir, 'memory');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  chmodSync(folder, 0o711);
  if (!isInMemory(folder) && !isMountPoint(folder)) mountTmpfs(folder, 'mode=0711');
  return folder;
}
