/**
 * The logs of an instance's Pods, in the folders that all of a machine's nodes share. Whose a Pod's log folder is says a file in it
 * (kubelet/pods/runtime-labels.ts); nothing else there is touched.
 */
import { existsSync, readdirSync, readlinkSync, rmSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { logOwnerFile } from '../kubelet/pods/runtime-labels.ts';
import type { DataDirectory } from './data-directory.ts';

export const logRoot = '/var/log';

/** The file in a log folder that says that it is this instance's. */
export const ownerFile = ({ id }: DataDirectory): string => logOwnerFile(`k8ts-${id}`);

/** Removes the logs that this file marks, and the links to them; shared folders that are empty then go too. */
export function removePodLogs(ownerFile: string, root = logRoot): void {
  const folders = path.join(root, 'pods');
  const links = path.join(root, 'containers');
  const own = new Set(list(folders).map((name) => path.join(folders, name)).filter((folder) => existsSync(path.join(folder, ownerFile))));
  if (own.size === 0) return;
  for (const name of list(links)) if (own.has(path.dirname(path.dirname(targetOf(path.join(links, name)))))) rmSync(path.join(links, name));
  for (const folder of own) rmSync(folder, { recursive: true, force: true });
  for (const folder of [links, folders]) if (list(folder).length === 0) removeEmpty(folder);
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return ''; // no link
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    return; // not there, or somebody has put something in
  }
}
