/**
 * hostPath volumes: opening what is there, making it where the type asks for that, and checking what was opened against the type. Links
 * on the way are followed once, before that.
 * Upstream: pkg/volume/hostpath/host_path.go
 */
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { codeOf, messageOf } from '../../base/errors.ts';
import { openBelow, resolvePath, type Missing } from './open-path.ts';
import { VolumeError } from './projection.ts';

interface PathType {
  readonly what: string;
  readonly test: (stats: Stats) => boolean;
  readonly missing?: Missing;
}

const directory: PathType = { what: 'a directory', test: (stats) => stats.isDirectory() };
const file: PathType = { what: 'a file', test: (stats) => stats.isFile() };
const types: Readonly<Record<string, PathType>> = {
  Directory: directory,
  DirectoryOrCreate: { ...directory, missing: { folderMode: 0o755 } },
  File: file,
  FileOrCreate: { ...file, missing: { fileMode: 0o644 } },
  Socket: { what: 'a socket file', test: (stats) => stats.isSocket() },
  CharDevice: { what: 'a character device', test: (stats) => stats.isCharacterDevice() },
  BlockDevice: { what: 'a block device', test: (stats) => stats.isBlockDevice() },
};

export interface OpenedHostPath {
  /** The caller closes it. */
  readonly handle: FileHandle;
  /** Without links, when it was opened. */
  readonly path: string;
}

/** Throws VolumeError. With an empty type nothing is checked and nothing opened; the runtime makes a missing folder then. */
export async function openHostPath(wanted: string, type: string): Promise<OpenedHostPath | undefined> {
  if (type === '') return undefined;
  const expected = types[type];
  if (!expected) throw new VolumeError(`${type} is an invalid volume type`);
  const wrong = (): VolumeError => new VolumeError(`hostPath type check failed: ${wanted} is not ${expected.what}`);
  let opened: OpenedHostPath;
  try {
    const path = await resolvePath(wanted);
    opened = { path, handle: await openBelow('/', path, expected.missing) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw wrong();
    throw error instanceof VolumeError ? error : new VolumeError(`hostPath type check failed: ${wanted}: ${messageOf(error)}`, { cause: error });
  }
  if (expected.test(await opened.handle.stat())) return opened;
  await opened.handle.close();
  throw wrong();
}
