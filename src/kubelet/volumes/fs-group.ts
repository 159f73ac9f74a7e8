/**
 * Gives a volume to the Pod's group. A container of another Pod may swap things in a shared volume meanwhile, so everything is opened
 * from its folder without following links, and what was opened is changed.
 * Upstream: pkg/volume/volume_linux.go (SetVolumeOwnership)
 */
import { constants } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../../base/errors.ts';

export type GroupChangePolicy = 'Always' | 'OnRootMismatch';

const noFollow = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** rw for the group; folders also x, and setgid, so that what is made in them is the group's too. */
const fileBits = 0o060;
const folderBits = 0o2070;

/** With OnRootMismatch nothing is looked at where the top folder is the group's already. */
export async function giveToGroup(folder: string, group: number, policy: GroupChangePolicy): Promise<void> {
  const root = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const stats = await root.stat();
    if (policy === 'OnRootMismatch' && stats.gid === group && (stats.mode & folderBits) === folderBits) return;
    await giveFolder(root, group);
  } finally {
    await root.close();
  }
}

/** The top last: where it was interrupted, the next time finds that it is not done. */
async function giveFolder(folder: FileHandle, group: number): Promise<void> {
  const at = `/proc/self/fd/${folder.fd}`;
  for (const entry of await readdir(at, { withFileTypes: true })) {
    if (entry.isDirectory() || entry.isFile()) await giveChild(`${at}/${entry.name}`, group);
  }
  await give(folder, group, folderBits);
}

async function giveChild(path: string, group: number): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, noFollow);
  } catch (error) {
    // Gone, or a link by now: neither is the group's to get.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP') return;
    throw error;
  }
  try {
    if ((await handle.stat()).isDirectory()) await giveFolder(handle, group);
    else await give(handle, group, fileBits);
  } finally {
    await handle.close();
  }
}

/** Changing the group clears setgid: the mode comes after. */
async function give(handle: FileHandle, group: number, bits: number): Promise<void> {
  const { uid, gid, mode } = await handle.stat();
  if (gid !== group) await handle.chown(uid, group);
  if ((mode & bits) !== bits || gid !== group) await handle.chmod((mode & 0o7777) | bits);
}
