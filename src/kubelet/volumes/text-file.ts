/** A file that a container wrote, read without following where it leads. */
import { readFile, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../../base/errors.ts';
import { openBelow } from './open-path.ts';
import { VolumeError } from './projection.ts';

const mostBytes = 1024 * 1024;

/** undefined where there is none. Throws VolumeError for links, folders and what is longer than a megabyte. */
export async function readTextBelow(root: string, relative: string): Promise<string | undefined> {
  const handle = await opened(root, relative);
  if (!handle) return undefined;
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new VolumeError(`"${relative}" is no file`);
    if (stat.size > mostBytes) throw new VolumeError(`"${relative}" is longer than ${mostBytes} bytes`);
    return await readFile(`/proc/self/fd/${handle.fd}`, 'utf8');
  } finally {
    await handle.close();
  }
}

async function opened(root: string, relative: string): Promise<FileHandle | undefined> {
  try {
    return await openBelow(root, relative);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
