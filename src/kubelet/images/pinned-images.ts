/**
 * Images that stay though nothing uses them: those that were brought in by hand, which no registry would give again. Their names stand in
 * a file of the instance, since the containerd of some distributions cannot tell that an image is pinned. Lines are only ever added, since
 * commands and the node agent write to it at the same time: a name, or one with '-' before it, which is pinned no longer.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import type { InstancePaths } from '../containerd/instance-paths.ts';

const fileOf = ({ dataDir }: Pick<InstancePaths, 'dataDir'>): string => path.join(dataDir, 'containerd', 'pinned-images');

/** Full names. */
export function pinnedImages(paths: Pick<InstancePaths, 'dataDir'>): ReadonlySet<string> {
  try {
    const pinned = new Set<string>();
    for (const line of readFileSync(fileOf(paths), 'utf8').split('\n').filter(Boolean)) {
      if (line.startsWith('-')) pinned.delete(line.slice(1));
      else pinned.add(line);
    }
    return pinned;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Set();
    throw error;
  }
}

export function pinImages(paths: Pick<InstancePaths, 'dataDir'>, names: readonly string[]): void {
  const pinned = pinnedImages(paths);
  write(paths, names.filter((name) => !pinned.has(name)));
}

/** For an image that a registry gave: whatever was brought in by that name is replaced, or was removed before. */
export function unpinImage(paths: Pick<InstancePaths, 'dataDir'>, name: string): void {
  if (pinnedImages(paths).has(name)) write(paths, [`-${name}`]);
}

function write(paths: Pick<InstancePaths, 'dataDir'>, lines: readonly string[]): void {
  if (lines.length > 0) appendFileSync(fileOf(paths), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
}
