/**
 * Whether a Pod's emptyDir volumes have outgrown their limits. Those in memory are held by the kernel.
 * Upstream: pkg/kubelet/eviction/eviction_manager.go (emptyDirLimitEviction)
 */
import type { Pod, Volume } from '../../resources/types/core-v1.ts';
import { wholes } from '../amounts.ts';
import { podLimits } from '../pods/resources.ts';
import { diskUse } from './disk-use.ts';

export const limitedOnDisk = (pod: Pod): Volume[] => (pod.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== 'Memory' && wholes(emptyDir.sizeLimit) > 0);

/** Why the Pod must go; undefined where it may stay. `folderOf` says where a volume is. */
export async function outgrown(pod: Pod, folderOf: (volume: string) => string): Promise<string | undefined> {
  for (const { name, emptyDir } of limitedOnDisk(pod)) {
    const limit = wholes(emptyDir?.sizeLimit);
    if ((await diskUse(folderOf(name), limit)).bytes > limit) return `Usage of EmptyDir volume "${name}" exceeds the limit "${emptyDir?.sizeLimit ?? ''}". `;
  }
  return undefined;
}

/**
 * Bytes that an emptyDir volume in memory can hold: what it says, but no more than its Pod may use, nor than the node has for Pods; 0 where
 * none of these is known.
 * Upstream: pkg/volume/emptydir/empty_dir.go (calculateEmptyDirMemorySize)
 */
export function memorySize({ emptyDir }: Volume, pod: Pod, allocatable: string | undefined): number {
  const sizes = [wholes(emptyDir?.sizeLimit), podLimits(pod).memoryBytes ?? 0, wholes(allocatable)].filter((size) => size > 0);
  return sizes.length === 0 ? 0 : Math.min(...sizes);
}
