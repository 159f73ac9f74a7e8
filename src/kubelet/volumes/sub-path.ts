/**
 * subPath mounts. A container may swap a folder of its volume for a symlink to anywhere at any time, so the path is opened
 * part by part without following links, and what was opened (not what has that name later) is bound where the runtime mounts it from.
 * Upstream: pkg/volume/util/subpath/subpath_linux.go
 */
import { constants } from 'node:fs';
import { chmod, mkdir, open, realpath, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { codeOf, messageOf } from '../../base/errors.ts';
import { isMountPoint } from '../containerd/mounts.ts';
import { VolumeError } from './projection.ts';

/** Binds `subPath` of `volume` to `target` and answers `target`. A missing folder is made. Throws VolumeError. */
export async function bindSubPath(volume: string, subPath: string, target: string): Promise<string> {
  if (path.isAbsolute(subPath) || subPath.split('/').includes('..')) throw new VolumeError(`subPath ${subPath} must be a relative path within the volume`);
  const root = await realpath(volume);
  const wanted = await resolveInside(root, subPath);
  const handle = await openInside(root, path.relative(root, wanted));
  try {
    if (isMountPoint(target)) {
      const [bound, opened] = await Promise.all([stat(target), handle.stat()]);
      if (bound.ino === opened.ino && bound.dev === opened.dev) return target;
      await run('umount', ['--lazy', target]);
    }
    await makeTarget(target, (await handle.stat()).isDirectory());
    await run('mount', ['--bind', `/proc/${process.pid}/fd/${handle.fd}`, target]);
    return target;
  } finally {
    await handle.close();
  }
}

/** The real path, whether it exists or not; symlinks inside the volume are followed, none may lead out. */
async function resolveInside(root: string, subPath: string): Promise<string> {
  const wanted = path.join(root, subPath);
  let existing = wanted;
  let real: string | undefined;
  while (real === undefined) {
    try {
      real = await realpath(existing);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || existing === root) throw new VolumeError(`failed to prepare subPath: ${messageOf(error)}`, { cause: error });
      existing = path.dirname(existing);
    }
  }
  if (real !== root && !real.startsWith(root === '/' ? root : `${root}/`)) throw new VolumeError(`subPath ${subPath} leads out of the volume`);
  return path.join(real, path.relative(existing, wanted));
}

/** O_PATH: opens folders, files, sockets alike without touching them. Node does not name it. */
const oPath = 0o10000000;

/** Folders that are missing are made with the mode of the volume's own. */
async function openInside(root: string, relative: string): Promise<FileHandle> {
  let handle = await open(root, oPath | constants.O_DIRECTORY);
  const { mode } = await handle.stat();
  for (const part of relative.split('/').filter(Boolean)) {
    try {
      const next = await openPart(`/proc/self/fd/${handle.fd}/${part}`, mode & 0o7777);
      if ((await next.stat()).isSymbolicLink()) {
        await next.close();
        throw new VolumeError(`subPath ${relative} changed while it was mounted`);
      }
      await handle.close();
      handle = next;
    } catch (error) {
      await handle.close();
      throw error instanceof VolumeError ? error : new VolumeError(`failed to prepare subPath: ${messageOf(error)}`, { cause: error });
    }
  }
  return handle;
}

async function openPart(at: string, mode: number): Promise<FileHandle> {
  try {
    return await open(at, oPath | constants.O_NOFOLLOW);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  await mkdir(at);
  const made = await open(at, oPath | constants.O_NOFOLLOW);
  if ((await made.stat()).isDirectory()) await chmod(`/proc/self/fd/${made.fd}`, mode);
  return made;
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
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new VolumeError(`${program}: ${errors.trim()}`))));
  });
}
