import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { fiveMinutes, type HistoryLimits } from './compactor.ts';
import { LogStore } from './log-store.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import type { Store } from './store.ts';

export interface SqliteStoreOptions {
  /** Path of the database; created (for this user only) where absent, in a directory that exists. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How much of the past is kept; five minutes or 50,000 events when absent. */
  readonly history?: HistoryLimits;
  /** Writes fail when the file would grow beyond this. */
  readonly maxBytes?: number;
  /** The worker's program, where it is not beside this file. */
  readonly workerUrl?: URL;
}

/**
 * A store in one SQLite file: what it acknowledges survives a crash of the machine. One process can have the file open.
 * @throws StorageError when the file is damaged, in use, of a newer version, or cannot be opened.
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const {
    file, clock, logger, maxBytes,
    history = { revisions: 50_000, age: fiveMinutes },
    workerUrl = new URL('./sqlite-worker.ts', import.meta.url),
  } = options;
  const log = await SqliteConnection.open(workerUrl, { file, maxBytes });
  return new LogStore({ log, clock, logger, history });
}
