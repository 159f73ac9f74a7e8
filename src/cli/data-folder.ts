/** Finds an instance's data directory, or makes one for a single run. */
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import { defaultDataDirectory, describeDataDirectory, openDataDirectory, type DataDirectory } from '../cluster/data-directory.ts';
import { Failure } from './failure.ts';

export interface OpenedFolder {
  readonly directory: DataDirectory;
  /** Deletes it when it was only for this run. */
  discard(): void;
}

/** Makes the folder where absent. `temporary`: for this run only, unless a folder was named. */
export function openFolder(named: string | undefined, options: { readonly temporary: boolean }): OpenedFolder {
  if (named === undefined && options.temporary) {
    const directory = openDataDirectory(mkdtempSync(path.join(tmpdir(), 'k8ts-')));
    return { directory, discard: () => rmSync(directory.root, { recursive: true, force: true }) };
  }
  const folder = named ?? defaultDataDirectory;
  try {
    const directory = makeFolder(folder);
    accessSync(directory.root, constants.W_OK | constants.X_OK);
    return { directory, discard: () => {} };
  } catch (error) {
    throw explainFolder(folder, error);
  }
}

function makeFolder(folder: string): DataDirectory {
  try {
    return openDataDirectory(folder);
  } catch (error) {
    // Making a whole path says no more than ENOENT on a read-only disk; making its last part alone says why.
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(folder);
    return openDataDirectory(folder);
  }
}

/** The folder of an instance that may or may not exist; nothing is made. */
export function namedFolder(named: string | undefined): DataDirectory {
  return describeDataDirectory(named ?? defaultDataDirectory);
}

export function folderExists(directory: DataDirectory): boolean {
  try {
    return statSync(directory.root).isDirectory();
  } catch {
    return false;
  }
}

function explainFolder(folder: string, error: unknown): Failure {
  const cause = { cause: error };
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return new Failure(`${folder} cannot be made or used by this user: run as root, or choose another folder with --data-dir`, cause);
    case 'ENOTDIR':
    case 'EEXIST':
      return new Failure(`${folder} is not a folder: choose another with --data-dir`, cause);
    case 'EROFS':
      return new Failure(`${folder} is on a read-only file system: choose another folder with --data-dir`, cause);
    case 'ENOSPC':
      return new Failure(`the disk of ${folder} is full: free some space or choose another folder with --data-dir`, cause);
    default:
      return new Failure(`${folder} cannot be used as data directory: ${String(error)}`, cause);
  }
}
