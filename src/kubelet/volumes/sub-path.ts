/**
 * subPath mounts: a part of a volume. Links inside of the volume are followed, none may lead out of it, also not one that is put there
 * just before the mount.
 * Upstream: pkg/volume/util/subpath/subpath_linux.go
 */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { bindOpened, openBelow, resolvePath } from './open-path.ts';
import { VolumeError } from './projection.ts';

/** Binds `subPath` of `volume` to `target` and answers `target`. A missing folder is made, with the mode of the volume's own. Throws VolumeError. */
export async function bindSubPath(volume: string, subPath: string, target: string): Promise<string> {
  if (path.isAbsolute(subPath) || subPath.split('/').includes('..')) throw new VolumeError(`subPath ${subPath} must be a relative path within the volume`);
  try {
    const root = await realpath(volume);
    const handle = await openBelow(root, path.relative(root, await resolveInside(root, subPath)), {});
    try {
      return await bindOpened(handle, target);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof VolumeError ? error : new VolumeError(`failed to prepare subPath: ${messageOf(error)}`, { cause: error });
  }
}

/** The real path, whether it exists or not. Throws VolumeError where it leads out of `root`. */
export async function resolveInside(root: string, subPath: string): Promise<string> {
  const real = await resolvePath(path.join(root, subPath));
  if (real !== root && !real.startsWith(root === '/' ? root : `${root}/`)) throw new VolumeError(`subPath ${subPath} leads out of the volume`);
  return real;
}
