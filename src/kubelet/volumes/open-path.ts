/**
 * Opening a path part by part without following links, and binding what was opened (not what has that name later) to a place of our own.
 * A container may swap a folder of a volume for a link to anywhere at any time: what is checked must be what is mounted.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, mkdir, open, realpath, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, messageOf } from '../../base/errors.ts';
import { isMountPoint } from '../containerd/mounts.ts';
import { VolumeError } from './projection.ts';

/** O_PATH: opens folders, files, sockets, devices alike without touching them. Node does not name it. */
const oPath = 0o10000000;

/** What is made where a part is missing; without it a missing part is an error with code ENOENT. */
export interface Missing {
  /** Permission bits of folders, which all missing parts become; the root's own where absent. */
  readonly folderMode?: number | undefined;
  /** The last part becomes an empty file, and only that may be missing. */
  readonly fileMode?: number | undefined;
}

/** The real path of something, whether it exists or not: links in what exists are followed, the rest is as it was written. */
export async function resolvePath(wanted: string): Promise<string> {
  for (let existing = wanted; ; existing = path.dirname(existing)) {
    try {
      return path.join(await realpath(existing), path.relative(existing, wanted));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || path.dirname(existing) === existing) throw error;
    }
  }
}

/** `relative` has no links in it and no `..`; where it has a link by now, that is a VolumeError. The caller closes what it gets. */
export async function openBelow(root: string, relative: string, missing?: Missing): Promise<FileHandle> {
  const parts = relative.split('/').filter(Boolean);
  let handle = await open(root, oPath | constants.O_DIRECTORY);
  try {
    const mode = missing?.folderMode ?? (await handle.stat()).mode & 0o7777;
    for (const [i, part] of parts.entries()) {
      const isLast = i === parts.length - 1;
      const next = await openPart(`/proc/self/fd/${handle.fd}/${part}`, missing && (isLast || missing.fileMode === undefined) ? { ...missing, folderMode: mode } : undefined);
      await handle.close();
      handle = next;
      if ((await handle.stat()).isSymbolicLink()) throw new VolumeError(`${path.join(root, relative)} changed while it was mounted`);
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openPart(at: string, missing: Missing | undefined): Promise<FileHandle> {
  try {
    return await open(at, oPath | constants.O_NOFOLLOW);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || missing === undefined) throw error;
  }
  // Neither follows a link that is there by now: making fails.
  if (missing.fileMode === undefined) await mkdir(at);
  else await writeFile(at, '', { flag: 'wx' });
  const made = await open(at, oPath | constants.O_NOFOLLOW);
  // The modes that are given above are cut by the process's mask.
  if (!(await made.stat()).isSymbolicLink()) await chmod(`/proc/self/fd/${made.fd}`, missing.fileMode ?? missing.folderMode ?? 0o755);
  return made;
}

/** Shows what is open at `target`, and answers `target`. What was bound there before gives way where it is something else. Throws VolumeError. */
export async function bindOpened(handle: FileHandle, target: string): Promise<string> {
  const opened = await handle.stat();
  if (isMountPoint(target)) {
    const bound = await stat(target);
    if (bound.ino === opened.ino && bound.dev === opened.dev) return target;
    await run('umount', ['--lazy', target]);
  }
  await makeTarget(target, opened.isDirectory());
  await run('mount', ['--bind', `/proc/${process.pid}/fd/${handle.fd}`, target]);
  return target;
}

async function makeTarget(target: string, folder: boolean): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true, mode: 0o750 });
  if (folder) await mkdir(target, { recursive: true });
  else {
    await rm(target, { force: true });
    await writeFile(target, '');
  }
}

export function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    child.on('error', (error) => reject(new VolumeError(`${program}: ${messageOf(error)}`, { cause: error })));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new VolumeError(`${program}: ${errors.trim()}`))));
  });
}
