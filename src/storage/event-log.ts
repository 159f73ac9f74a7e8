import type { Entry, ListOptions, ListResult, Revision, StoreEvent } from './store.ts';

/**
 * What a backend of `log-store.ts` provides: a log of events in revision order, and reads over it. It knows nothing of
 * queues, watchers, timers or closing: the store in front of it calls `commit` for one batch at a time.
 */
export interface EventLog {
  /** What was found when the log was opened. */
  readonly opened: OpenedLog;
  /**
   * Decides each write in order (each sees what the ones before it wrote), appends one event for each that holds and
   * commits them together. The answers are in the order of the writes. Throws StorageError, having written nothing.
   */
  commit(writes: readonly Write[]): Promise<readonly WriteOutcome[]>;
  /** As Store.get. */
  get(key: string, revision: Revision | undefined): Promise<{ readonly entry: Entry | undefined; readonly revision: Revision }>;
  /** As Store.list. */
  list(prefix: string, options: ListOptions): Promise<ListResult>;
  /**
   * Events under `prefix` with `after` < revision <= `upTo`, in order; perhaps only the first of them, complete up to the
   * answer's `through`. Throws CompactedError.
   */
  history(prefix: string, after: Revision, upTo: Revision): Promise<HistoryPage>;
  /** As Store.compact, for a revision between the last compaction and the current revision. */
  compact(revision: Revision): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface OpenedLog {
  readonly revision: Revision;
  /** The revision of the last compaction, 0 when there was none. */
  readonly compacted: Revision;
  readonly expiring: readonly Expiring[];
}

/** A key that removes itself at `at` (milliseconds since the epoch) unless it has changed since `revision`. */
export interface Expiring {
  readonly key: string;
  readonly revision: Revision;
  readonly at: number;
}

export type Write =
  | { readonly kind: 'create'; readonly key: string; readonly value: Uint8Array; readonly expiresAt: number | undefined }
  | { readonly kind: 'update'; readonly key: string; readonly value: Uint8Array; readonly expected: Revision; readonly expiresAt: number | undefined }
  | { readonly kind: 'remove'; readonly key: string; readonly expected: Revision };

export interface WriteOutcome {
  /** The revision of the write; undefined when its expectation did not hold. */
  readonly revision: Revision | undefined;
  /** What was there before. */
  readonly found: Entry | undefined;
}

export interface HistoryPage {
  readonly events: readonly StoreEvent[];
  readonly through: Revision;
}

/** Whether the write may go ahead, given what is there. */
export function holds(write: { readonly kind: Write['kind']; readonly expected?: Revision }, foundRevision: Revision | undefined): boolean {
  return write.kind === 'create' ? foundRevision === undefined : foundRevision !== undefined && foundRevision === write.expected;
}

/** The event of a write that was committed. */
export function eventOf(write: Write, revision: Revision, found: Entry | undefined): StoreEvent {
  if (write.kind !== 'remove') {
    const entry = { key: write.key, value: write.value, createRevision: found?.createRevision ?? revision, modRevision: revision };
    return { type: 'put', entry, previous: found };
  }
  if (!found) throw new Error(`removal of ${write.key} was committed without anything to remove`);
  return { type: 'delete', entry: { ...found, modRevision: revision }, previous: found };
}
