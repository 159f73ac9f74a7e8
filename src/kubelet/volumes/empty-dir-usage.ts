/**
 * Whether a Pod's emptyDir volumes have outgrown their limits. Those in memory are held by the kernel.
 * Upstream: pkg/kubelet/eviction/eviction_manager.go (emptyDirLimitEviction)
 */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import type { Pod, Volume } from '../../resources/types/core-v1.ts';
import { wholes } from '../amounts.ts';

export const limitedOnDisk = (pod: Pod): Volume[] => (pod.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== 'Memory' && wholes(emptyDir.sizeLimit) > 0);

/** Why the Pod must go; undefined where it may stay. `folderOf` says where a volume is. */
export async function outgrown(pod: Pod, folderOf: (volume: string) => string): Promise<string | undefined> {
  for (const { name, emptyDir } of limitedOnDisk(pod)) {
    const limit = wholes(emptyDir?.sizeLimit);
    if ((await diskUse(folderOf(name), limit)) > limit) return `Usage of EmptyDir volume "${name}" exceeds the limit "${emptyDir?.sizeLimit ?? ''}". `;
  }
  return undefined;
}

/** Bytes on disk at and below `folder`; counting ends where it passes `enough`. */
async function diskUse(folder: string, enough: number): Promise<number> {
  let used = 0;
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined && used <= enough; next = waiting.pop()) {
    try {
      const stats = await lstat(next);
      used += stats.blocks * 512;
      if (stats.isDirectory()) for (const name of await readdir(next)) waiting.push(path.join(next, name));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
    }
  }
  return used;
}
