/**
 * Files that change all at once: contents live in a folder with a time in its name, `..data` points at it, and each visible
 * name points through `..data`. A change writes a new folder and renames one symlink, so a reader sees the old set or the new.
 * The writer may die at any point: the next write takes away what is half done, and puts in what is missing.
 * Upstream: pkg/volume/util/atomic_writer.go
 */
import { chmod, chown, lstat, mkdir, readFile, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';

export interface ProjectedFile {
  readonly data: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
  readonly uid?: number | undefined;
}

/** Relative path → file. */
export type Payload = ReadonlyMap<string, ProjectedFile>;

const dataLink = '..data';
const nextLink = '..data_tmp';

/** True where something was written. `group` owns the files where given (fsGroup). */
export async function writePayload(folder: string, payload: Payload, clock: Clock, group?: number): Promise<boolean> {
  for (const name of payload.keys()) checkPath(name);
  const current = await readlink(path.join(folder, dataLink)).catch(() => undefined);
  if (current !== undefined && (await holds(path.join(folder, current), payload))) return linkNames(folder, payload);
  const fresh = await newFolder(folder, clock);
  for (const [name, file] of payload) await writeOne(path.join(folder, fresh), name, file, group);
  if (group !== undefined) await chown(path.join(folder, fresh), -1, group);
  await rm(path.join(folder, nextLink), { force: true });
  await symlink(fresh, path.join(folder, nextLink));
  await rename(path.join(folder, nextLink), path.join(folder, dataLink));
  await linkNames(folder, payload);
  const past = (await readdir(folder)).filter((name) => name.startsWith('..') && name !== dataLink && name !== fresh);
  for (const name of past) await rm(path.join(folder, name), { recursive: true, force: true });
  return true;
}

/** Throws an Error for paths that leave the volume or that would hide its own links. */
function checkPath(name: string): void {
  const parts = name.split('/');
  if (name === '' || path.isAbsolute(name) || parts.includes('..')) throw new Error(`invalid path: ${name}: must be relative and must not contain '..'`);
  if (name.startsWith('..')) throw new Error(`invalid path: ${name}: must not start with '..'`);
}

async function newFolder(folder: string, clock: Clock): Promise<string> {
  const stamp = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '_').replace('T', '_');
  for (let n = 0; ; n += 1) {
    const name = `..${stamp}.${String(Math.floor(clock.monotonic() * 1000) + n)}`;
    try {
      await mkdir(path.join(folder, name), { mode: 0o755 });
      await chmod(path.join(folder, name), 0o755);
      return name;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

async function writeOne(folder: string, name: string, file: ProjectedFile, group: number | undefined): Promise<void> {
  const target = path.join(folder, name);
  await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
  await writeFile(target, file.data, { mode: 0o600 });
  if (file.uid !== undefined || group !== undefined) await chown(target, file.uid ?? -1, group ?? -1);
  await chmod(target, file.mode);
}

const topNames = (payload: Payload): Set<string> => new Set([...payload.keys()].map((name) => name.split('/')[0] ?? name));

/** True where a name came or went. */
async function linkNames(folder: string, payload: Payload): Promise<boolean> {
  const wanted = topNames(payload);
  const present = new Set((await readdir(folder)).filter((name) => !name.startsWith('..')));
  const missing = [...wanted].filter((name) => !present.has(name));
  const gone = [...present].filter((name) => !wanted.has(name));
  for (const name of missing) await symlink(`${dataLink}/${name}`, path.join(folder, name));
  for (const name of gone) await rm(path.join(folder, name), { recursive: true, force: true });
  return missing.length > 0 || gone.length > 0;
}

async function holds(folder: string, payload: Payload): Promise<boolean> {
  try {
    const present = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    if (present.length !== payload.size) return false;
    for (const [name, file] of payload) {
      const target = path.join(folder, name);
      if (((await lstat(target)).mode & 0o7777) !== file.mode || !(await readFile(target)).equals(file.data)) return false;
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
