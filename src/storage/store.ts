/**
 * The revisioned store: etcd's semantics, whatever holds the bytes.
 *
 * - One revision for the whole store, a positive integer that grows by one with every committed write (and by no read).
 *   A fresh store is at revision 1, so that a list of an empty store has a resourceVersion that is not "0".
 *   Revisions are 64-bit in every backend; in this process they are JS numbers (exact up to 2^53).
 * - A write names what it expects of its key: that it is absent (`create`) or last changed at a given revision
 *   (`update`, `remove`). Where that does not hold nothing is written, and the answer carries what is there now.
 * - A write is acknowledged (its promise resolves) only when it would survive a crash of the machine, as far as the
 *   backend can promise that (memory promises nothing). Writes that arrive while a commit runs are committed together.
 *   A batch that cannot be committed rejects its own writes with StorageError and nothing else.
 * - Every committed write is one event. `watch` gives events in revision order, without gaps, from any revision that has
 *   not been compacted, and never an event whose write is not yet committed.
 * - Values are bytes; the store never looks inside.
 */
export type Revision = number;

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
}

export type WriteResult =
  | { readonly ok: true; readonly revision: Revision; /** What the write replaced or removed. */ readonly previous: Entry | undefined }
  /** The expectation did not hold: `current` is the key's entry now, undefined when absent. */
  | { readonly ok: false; readonly current: Entry | undefined };

export type StoreEvent =
  | { readonly type: 'put'; readonly entry: Entry; /** Undefined for a creation. */ readonly previous: Entry | undefined }
  /** `entry.value` is the last value; `entry.modRevision` is the revision of the deletion. */
  | { readonly type: 'delete'; readonly entry: Entry; readonly previous: Entry };

export interface ListOptions {
  /** Read as of this revision; the current one when absent. Throws CompactedError or FutureRevisionError. */
  readonly revision?: Revision;
  readonly limit?: number;
  /** Only keys that sort after this one (byte order of UTF-8). */
  readonly after?: string;
}

export interface ListResult {
  readonly entries: readonly Entry[];
  /** The revision the list is true at. */
  readonly revision: Revision;
  /** How many keys match beyond those returned. */
  readonly remaining: number;
}

export interface WriteOptions {
  /** Seconds after which the key removes itself (an event like any other). For events of the API, mainly. */
  readonly ttlSeconds?: number;
}

export interface Store {
  get(key: string, options?: { readonly revision?: Revision }): Promise<{ readonly entry: Entry | undefined; readonly revision: Revision }>;
  /** Entries whose key starts with `prefix`, in key order. */
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<WriteResult>;
  update(key: string, value: Uint8Array, expected: Revision, options?: WriteOptions): Promise<WriteResult>;
  remove(key: string, expected: Revision): Promise<WriteResult>;
  /**
   * Batches of committed events with revision > `after` under `prefix`, each batch what one commit made visible, in order,
   * until `signal` aborts (the iteration then ends) or the store closes. Throws CompactedError when `after` has been compacted
   * away. A reader that does not keep up grows the queue: readers are this process's own and few (the watch cache).
   */
  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<readonly StoreEvent[]>;
  /** The revision of the last committed write. */
  revision(): Promise<Revision>;
  /** Forgets history up to and including `revision`: reads and watches from before it throw CompactedError afterwards. */
  compact(revision: Revision): Promise<void>;
  /** Bytes the backend occupies, for metrics. */
  size(): Promise<number>;
  /** Commits what is queued, then refuses further calls with StoreClosedError. */
  close(): Promise<void>;
}

export class CompactedError extends Error {
  readonly requested: Revision;
  readonly compacted: Revision;
  constructor(requested: Revision, compacted: Revision) {
    super(`required revision ${requested} has been compacted; the oldest is ${compacted + 1}`);
    this.name = 'CompactedError';
    this.requested = requested;
    this.compacted = compacted;
  }
}

export class FutureRevisionError extends Error {
  readonly requested: Revision;
  readonly current: Revision;
  constructor(requested: Revision, current: Revision) {
    super(`required revision ${requested} is a future revision; the current one is ${current}`);
    this.name = 'FutureRevisionError';
    this.requested = requested;
    this.current = current;
  }
}

/** The backend failed: the disk is full, the file is damaged, the server is away. `message` says what to do. */
export class StorageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
  }
}

export class StoreClosedError extends StorageError {
  constructor() {
    super('the store is closed');
    this.name = 'StoreClosedError';
  }
}
