import type { HistoryPage, OpenedLog, Write, WriteOutcome } from './event-log.ts';
import { CompactedError, FutureRevisionError, StorageError, type Entry, type Revision } from './store.ts';

/** What the store and its worker thread say to each other. Each request has one reply; requests are served in order. */
export interface WorkerOptions {
  readonly file: string;
  readonly maxBytes: number | undefined;
}

/** The worker's first message, before any request. */
export type Greeting = { readonly opened: OpenedLog } | { readonly failed: Failure };

export type Request =
  | ({ readonly op: 'commit' } & PackedWrites)
  | { readonly op: 'get'; readonly key: string; readonly revision: Revision | undefined }
  | { readonly op: 'list'; readonly prefix: string; readonly after: string | undefined; readonly revision: Revision | undefined; readonly limit: number }
  | { readonly op: 'history'; readonly prefix: string; readonly after: Revision; readonly upTo: Revision }
  | { readonly op: 'compact'; readonly revision: Revision }
  | { readonly op: 'size' }
  | { readonly op: 'close' };

/** The answer to each request. */
export interface Answers {
  commit: readonly WriteOutcome[];
  get: { readonly entry: Entry | undefined; readonly revision: Revision };
  list: ListPage;
  history: HistoryPage;
  compact: undefined;
  size: number;
  close: undefined;
}

export interface ListPage {
  readonly entries: readonly Entry[];
  readonly revision: Revision;
  /** The page is full before the limit was reached: ask again for what comes after its last entry. */
  readonly more: boolean;
  /** Meaningful when there is no `more`. */
  readonly remaining: number;
}

export type Reply = { readonly id: number; readonly answer: Answers[Request['op']] } | { readonly id: number; readonly failed: Failure };

export interface Numbered {
  readonly id: number;
  readonly request: Request;
}

/** An error of the contract, as data. */
export type Failure =
  | { readonly kind: 'compacted'; readonly requested: Revision; readonly compacted: Revision }
  | { readonly kind: 'future'; readonly requested: Revision; readonly current: Revision }
  | { readonly kind: 'storage'; readonly message: string };

export function toError(failure: Failure): Error {
  switch (failure.kind) {
    case 'compacted': return new CompactedError(failure.requested, failure.compacted);
    case 'future': return new FutureRevisionError(failure.requested, failure.current);
    case 'storage': return new StorageError(failure.message);
  }
}

/**
 * A batch with all its values in one buffer, which changes threads without being copied again. Sending each value as it
 * is would cost about the same for values that own their memory, but a value that is a slice of a larger buffer (as bytes
 * from a socket are) would drag all of that along.
 */
export interface PackedWrites {
  readonly writes: readonly PackedWrite[];
  readonly bytes: ArrayBuffer;
}

/** A write whose value is the next `length` bytes. */
export interface PackedWrite {
  readonly kind: Write['kind'];
  readonly key: string;
  readonly length: number;
  /** 0 for a creation. */
  readonly expected: Revision;
  readonly expiresAt: number | undefined;
}

export function pack(writes: readonly Write[]): PackedWrites {
  const total = writes.reduce((sum, write) => sum + (write.kind === 'remove' ? 0 : write.value.byteLength), 0);
  const bytes = new Uint8Array(total);
  let offset = 0;
  const packed = writes.map((write): PackedWrite => {
    const expected = write.kind === 'create' ? 0 : write.expected;
    if (write.kind === 'remove') return { kind: write.kind, key: write.key, length: 0, expected, expiresAt: undefined };
    bytes.set(write.value, offset);
    offset += write.value.byteLength;
    return { kind: write.kind, key: write.key, length: write.value.byteLength, expected, expiresAt: write.expiresAt };
  });
  return { writes: packed, bytes: bytes.buffer };
}

