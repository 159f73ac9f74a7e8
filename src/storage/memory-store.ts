import type { Clock } from '../base/clock.ts';
import { silentLogger } from '../base/log.ts';
import { fiveMinutes, type HistoryLimits } from './compactor.ts';
import { LogStore } from './log-store.ts';
import { MemoryLog } from './memory-log.ts';
import type { Store } from './store.ts';

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** How much of the past is kept; five minutes or 10,000 events when absent. */
  readonly history?: HistoryLimits;
}

/**
 * A store on the heap, for tests and for clusters that need not outlive their process. Values are kept as they are
 * handed in, not copied: the caller must not change them afterwards.
 */
export function createMemoryStore({ clock, history = { revisions: 10_000, age: fiveMinutes } }: MemoryStoreOptions): Store {
  return new LogStore({ log: new MemoryLog(), clock, logger: silentLogger, history });
}
