/** How much a folder holds. */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';

export interface DiskUse {
  readonly bytes: number;
  readonly inodes: number;
}

/** What is on disk at and below `folder`, links not followed; counting ends where it passes `enough` bytes. Nothing where there is none. */
export async function diskUse(folder: string, enough = Infinity): Promise<DiskUse> {
  let bytes = 0;
  let inodes = 0;
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined && bytes <= enough; next = waiting.pop()) {
    try {
      const stats = await lstat(next);
      bytes += stats.blocks * 512;
      inodes += 1;
      if (stats.isDirectory()) for (const name of await readdir(next)) waiting.push(path.join(next, name));
    } catch (error) {
      // A container may remove things meanwhile.
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
    }
  }
  return { bytes, inodes };
}
