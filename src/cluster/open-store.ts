/** Opens the store that a cluster was asked to use. What a kind of store needs is loaded only when it is chosen. */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import type { Store } from '../storage/store.ts';

export interface OpenStoreOptions {
  /** The database's file, for kinds that have one. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws StorageError with a sentence for the user when it cannot be opened. */
export async function openStore(kind: 'memory' | 'sqlite', { file, clock, logger }: OpenStoreOptions): Promise<Store> {
  if (kind === 'memory') return createMemoryStore({ clock });
  const { createSqliteStore } = await import('../storage/sqlite-store.ts');
  return createSqliteStore({ file, clock, logger });
}
