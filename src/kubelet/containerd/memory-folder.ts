/** The instance's folders for what must not reach a disk, or gains nothing from it: the runtime's state, and files that may be secret. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { InstancePaths } from './instance-paths.ts';
import { isMountPoint, mountTmpfs } from './mounts.ts';

const tmpfsMagic = 0x01021994;
const isInMemory = (folder: string): boolean => statfsSync(folder).type === tmpfsMagic;

/**
 * Makes the folder of the instance's state where it is not there. /run is in memory on nearly every system, else a tmpfs is mounted (and goes at
 * teardown): each start of a container writes a hundred small files here. State that lies on a disk already stays there until the instance ends.
 */
export function stateFolder({ stateDir, containerdState }: InstancePaths): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o711 });
  if (isInMemory(stateDir) || existsSync(containerdState)) return;
  const announced = readdirSync(stateDir).map((name) => [path.join(stateDir, name), readFileSync(path.join(stateDir, name))] as const);
  mountTmpfs(stateDir, 'mode=0711');
  for (const [file, content] of announced) writeFileSync(file, content);
}

/** Makes the folder in memory for Pods' secrets where it is not there. */
export function memoryFolder({ stateDir }: InstancePaths): string {
  const folder = path.join(stateDir, 'memory');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  chmodSync(folder, 0o711);
  if (!isInMemory(folder) && !isMountPoint(folder)) mountTmpfs(folder, 'mode=0711');
  return folder;
}
