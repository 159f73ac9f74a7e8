/** Where V8 keeps what it compiled from the bundle: beside it, for its owner only. */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * A folder beside the bundle if the bundle is this user's, else one in the user's cache folder: root's files do not belong in
 * somebody's clone. Undefined where neither can be had.
 */
export function compileCacheDirectory(bundle: string): string | undefined {
  const own = process.getuid?.();
  const beside = own === undefined || statSync(bundle).uid === own;
  const cache = process.env['K8TS_CACHE'];
  const directory = beside ? path.join(bundle, '.compile-cache') : cache === undefined ? undefined : path.join(cache, 'compile-cache');
  if (directory === undefined) return undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return directory;
  } catch {
    return undefined;
  }
}
