/**
 * Images that stay though nothing uses them: those that were brought in by hand, which no registry would give again. Their names stand in
 * a file of the instance, since the containerd of some distributions cannot tell that an image is pinned.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import type { InstancePaths } from '../containerd/instance-paths.ts';

const fileOf = ({ dataDir }: Pick<InstancePaths, 'dataDir'>): string => path.join(dataDir, 'containerd', 'pinned-images');

/** Full names. */
export function pinnedImages(paths: Pick<InstancePaths, 'dataDir'>): ReadonlySet<string> {
  try {
    return new Set(readFileSync(fileOf(paths), 'utf8').split('\n').filter(Boolean));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Set();
    throw error;
  }
}

export function pinImages(paths: Pick<InstancePaths, 'dataDir'>, names: readonly string[]): void {
  const pinned = pinnedImages(paths);
  const added = names.filter((name) => !pinned.has(name));
  if (added.length > 0) appendFileSync(fileOf(paths), added.map((name) => `${name}\n`).join(''), { mode: 0o600 });
}
