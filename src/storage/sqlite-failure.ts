import { codeOf, messageOf } from '../base/errors.ts';
import type { Failure } from './sqlite-protocol.ts';
import { CompactedError, FutureRevisionError, StorageError } from './store.ts';

/** SQLite's primary result codes that a user can do something about. https://www.sqlite.org/rescode.html */
const resultCode = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, tooBig: 18, notADatabase: 26 };

/** What went wrong with `file`, in words that say what to do. */
export function failureOf(error: unknown, file: string): Failure {
  if (error instanceof CompactedError) return { kind: 'compacted', requested: error.requested, compacted: error.compacted };
  if (error instanceof FutureRevisionError) return { kind: 'future', requested: error.requested, current: error.current };
  if (error instanceof StorageError) return { kind: 'storage', message: error.message };
  return { kind: 'storage', message: explain(error, file) };
}

export function damaged(file: string, detail: string): StorageError {
  return new StorageError(`${file} is damaged (${detail}): restore it from a backup, or move it away (with its -wal file) to start empty`);
}

function explain(error: unknown, file: string): string {
  const detail = messageOf(error);
  switch (sqliteCode(error)) {
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return damaged(file, detail).message;
    case resultCode.full:
      return `no room left for ${file}: free space on its disk or raise the store's size limit; what is stored stays readable (${detail})`;
    case resultCode.busy:
    case resultCode.locked:
      return `${file} is in use by another process: stop that one first, or choose another data directory (${detail})`;
    case resultCode.readOnly:
      return `${file} cannot be written: make the file and its directory writable for this user (${detail})`;
    case resultCode.cannotOpen:
      return `${file} cannot be opened: check that its directory exists and that this user may write there (${detail})`;
    case resultCode.ioError:
      return `reading or writing ${file} failed: check its disk (${detail})`;
    case resultCode.tooBig:
      return `a value is too large for ${file} (${detail})`;
    default:
      return `storage in ${file} failed: ${detail}`;
  }
}

/** The primary result code (the extended ones carry it in their low byte). */
function sqliteCode(error: unknown): number | undefined {
  if (codeOf(error) !== 'ERR_SQLITE_ERROR') return undefined;
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}
