import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../base/errors.ts';
import { damaged } from './sqlite-failure.ts';
import { StorageError } from './store.ts';

/** Marks a file as ours: the bytes of "k8ts". */
const applicationId = 0x6b387473;
/** Grows with every change of the tables; a file of a higher one is refused. */
const schemaVersion = 1;
export const pageSize = 4096;

/**
 * One row is one event; rows are only ever added, and dropped by compaction. The revision is the row's id, so that adding
 * happens at the end of the table. `log_by_key` answers what is newest for a key or a range of keys, deleted or not,
 * without touching the rows themselves.
 */
const schema = `
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,  -- of this event
    key      TEXT    NOT NULL,
    created  INTEGER NOT NULL,     -- the revision at which the key came to be
    previous INTEGER NOT NULL,     -- the revision of the event this one replaced; 0 for a creation
    deleted  INTEGER NOT NULL,     -- 1 for a deletion (whose last value is that of the previous event)
    expires  INTEGER,              -- milliseconds since the epoch
    value    BLOB                  -- NULL when empty
  );
  CREATE INDEX log_by_key ON log (key, revision, deleted);
  CREATE INDEX log_by_expiry ON log (expires) WHERE expires IS NOT NULL;
  CREATE TABLE progress (
    name     TEXT PRIMARY KEY,
    revision INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- compacted: reads from before it are refused; pruned: the rows forgotten up to it are gone.
  INSERT INTO progress VALUES ('compacted', 0), ('pruned', 0);
`;

/**
 * Opens the database, creating file and tables where absent.
 * @throws StorageError or SQLite's error when the file is damaged, not ours, of a newer version, or in use.
 */
export function openDatabase(file: string, maxBytes: number | undefined): DatabaseSync {
  createPrivately(file);
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    // One process owns the file; that also spares the shared-memory file beside it.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    if (number(database, 'SELECT count(*) FROM sqlite_schema') === 0) {
      database.exec(`PRAGMA page_size = ${pageSize}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL`);
    } else {
      refuseStrangers(database, file);
    }
    configure(database, maxBytes);
    createTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The file holds Secrets: nobody else may read it. SQLite gives its -wal file the same mode. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw new StorageError(`${file} cannot be opened: check that its directory exists and that this user may write there (${messageOf(error)})`, { cause: error });
  }
}

function refuseStrangers(database: DatabaseSync, file: string): void {
  if (number(database, 'PRAGMA application_id') !== applicationId) {
    throw new StorageError(`${file} is a database of another program: choose another data directory`);
  }
  const version = number(database, 'PRAGMA user_version');
  if (version > schemaVersion) {
    throw new StorageError(`${file} was written by a newer k8ts (its version is ${version}, this program knows ${schemaVersion}): use that or a later release`);
  }
  const tables = number(database, "SELECT count(*) FROM sqlite_schema WHERE name IN ('log', 'log_by_key', 'log_by_expiry', 'progress')");
  if (version !== schemaVersion || tables !== 4) throw damaged(file, 'its tables are incomplete');
}

function configure(database: DatabaseSync, maxBytes: number | undefined): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;            -- a commit returns when it is on the disk
    PRAGMA wal_autocheckpoint = 1000;     -- pages: the -wal file is written back at about 4 MB
    PRAGMA journal_size_limit = 16777216; -- and cut back to 16 MB when one transaction made it larger
    PRAGMA cache_size = -2048;            -- KiB
    PRAGMA mmap_size = 0;
    PRAGMA temp_store = MEMORY;
    PRAGMA cell_size_check = ON;          -- finds damaged pages sooner
    PRAGMA foreign_keys = OFF;
  `);
  if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.max(16, Math.floor(maxBytes / pageSize))}`);
}

function createTables(database: DatabaseSync): void {
  if (number(database, 'SELECT count(*) FROM sqlite_schema') > 0) return;
  database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`);
}

/** The first column of the only row of a query. */
export function number(database: DatabaseSync, sql: string): number {
  const row: unknown[] = Object.values(database.prepare(sql).get() ?? {});
  return Number(row[0] ?? 0);
}
