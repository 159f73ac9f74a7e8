/**
 * subPath mounts. A container may swap a folder of its volume for a symlink to anywhere at any time, so the path is opened
 * part by part without following links, and what was opened (not what has that name later) is bound where the runtime mounts it from.
 * Upstream: pkg/volume/util/subpath/subpath_linux.go
 */
import { constants } from 'node:fs';
import { mkdir, open, realpath, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
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

/** The real path, made as a folder where it is missing; symlinks inside the volume are followed, none may lead out. */
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
  if (real !== root && !real.startsWith(`${root}/`)) throw new VolumeError(`subPath ${subPath} leads out of the volume`);
  const rest = path.relative(existing, wanted);
  const full = path.join(real, rest);
  if (rest !== '') await mkdir(full, { recursive: true, mode: 0o755 });
  return full;
}

/** O_PATH: opens folders, files, sockets alike without touching them. Node does not name it. */
const oPath = 0o10000000;

async function openInside(root: string, relative: string): Promise<FileHandle> {
  let handle = await open(root, oPath | constants.O_DIRECTORY);
  for (const part of relative.split('/').filter(Boolean)) {
    try {
      const next = await open(`/proc/self/fd/${handle.fd}/${part}`, oPath | constants.O_NOFOLLOW);
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
