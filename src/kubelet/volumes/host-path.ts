/** hostPath volumes: checking that the path is what its type says, and making it where the type asks for that. */
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { codeOf } from '../../base/errors.ts';
import { VolumeError } from './projection.ts';

const checks: Readonly<Record<string, { readonly what: string; readonly test: (stats: Stats) => boolean }>> = {
  Directory: { what: 'a directory', test: (stats) => stats.isDirectory() },
  DirectoryOrCreate: { what: 'a directory', test: (stats) => stats.isDirectory() },
  File: { what: 'a file', test: (stats) => stats.isFile() },
  FileOrCreate: { what: 'a file', test: (stats) => stats.isFile() },
  Socket: { what: 'a socket file', test: (stats) => stats.isSocket() },
  CharDevice: { what: 'a character device', test: (stats) => stats.isCharacterDevice() },
  BlockDevice: { what: 'a block device', test: (stats) => stats.isBlockDevice() },
};

/** Throws VolumeError. An empty type checks nothing; the runtime makes a missing folder then. */
export async function prepareHostPath(path: string, type: string): Promise<void> {
  if (type === '') return;
  const check = checks[type];
  if (!check) throw new VolumeError(`${type} is an invalid volume type`);
  const stats = await statOf(path);
  if (!stats && type === 'DirectoryOrCreate') {
    await mkdir(path, { recursive: true, mode: 0o755 });
    await chmod(path, 0o755);
  } else if (!stats && type === 'FileOrCreate') {
    await writeFile(path, '', { mode: 0o644, flag: 'wx' });
  } else if (!stats || !check.test(stats)) {
    throw new VolumeError(`hostPath type check failed: ${path} is not ${check.what}`);
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new VolumeError(`hostPath type check failed: ${path}: ${String(error)}`, { cause: error });
  }
}
