/**
 * One watch of a cache: takes the changes that concern its filter and gives them out in batches. A change that lets an object leave the
 * filter is a DELETED event, one that lets it enter is ADDED.
 */
import type { CachedObject } from './cached-object.ts';
import type { Revision } from './store.ts';

export interface ObjectFilter {
  /** Ends with a slash, and keys start with it, or is a whole key. */
  readonly prefix: string;
  /** Absent: every object under the prefix. */
  readonly matches?: ((object: CachedObject) => boolean) | undefined;
}

export interface CacheEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: CachedObject;
  readonly revision: Revision;
  /** Encodings of this event, made once for all watchers: media type → frame. */
  readonly frames: Map<string, Buffer>;
}

/** One committed change, from which each watcher's event follows. */
export interface Change {
  readonly revision: Revision;
  readonly time: number;
  readonly key: string;
  /** The object after the change; for a deletion the last state, with the deletion's revision. */
  readonly object: CachedObject;
  readonly previous: CachedObject | undefined;
  readonly deleted: boolean;
  /** At most three, one a type: shared so that frames are shared. */
  events: { ADDED?: CacheEvent; MODIFIED?: CacheEvent; DELETED?: CacheEvent };
}

/** Events for one watch, in batches: iterate it, or end it with `close`. */
export class CacheWatcher implements AsyncIterable<readonly CacheEvent[]> {
  readonly #filter: ObjectFilter;
  readonly #after: Revision;
  readonly #maxPending: number;
  readonly #onClose: (watcher: CacheWatcher) => void;
  #pending: CacheEvent[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #nudged = false;
  overflowed = false;

  constructor(filter: ObjectFilter, after: Revision, maxPending: number, onClose: (watcher: CacheWatcher) => void) {
    this.#filter = filter;
    this.#after = after;
    this.#maxPending = maxPending;
    this.#onClose = onClose;
  }

  /** Takes a change if it concerns this watch; readers see it at the next `flush`. */
  offer(change: Change): void {
    const { prefix, matches } = this.#filter;
    if (this.#closed || change.revision <= this.#after || !change.key.startsWith(prefix)) return;
    let type: CacheEvent['type'];
    if (matches === undefined) {
      type = change.deleted ? 'DELETED' : change.previous ? 'MODIFIED' : 'ADDED';
    } else {
      const before = change.previous !== undefined && matches(change.previous);
      const now = !change.deleted && matches(change.object);
      if (!before && !now) return;
      type = now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED';
    }
    this.#pending.push(eventOf(change, type));
    if (this.#pending.length > this.#maxPending) {
      this.overflowed = true;
      this.close();
    }
  }

  flush(): void {
    if (this.#pending.length > 0) this.#wakeReader();
  }

  /** Lets a waiting reader go with an empty batch, so that it can look at the time. */
  nudge(): void {
    this.#nudged = true;
    this.#wakeReader();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    this.#wakeReader();
  }

  /** The events so far, waiting for the first (or a nudge: empty); undefined when the watch has ended. */
  async next(): Promise<readonly CacheEvent[] | undefined> {
    while (this.#pending.length === 0) {
      if (this.#closed) return undefined;
      if (this.#nudged) break;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
    if (this.overflowed) return undefined;
    this.#nudged = false;
    const batch = this.#pending;
    this.#pending = [];
    return batch;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<readonly CacheEvent[]> {
    try {
      for (let batch = await this.next(); batch; batch = await this.next()) yield batch;
    } finally {
      this.close();
    }
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function eventOf(change: Change, type: CacheEvent['type']): CacheEvent {
  const known = change.events[type];
  if (known) return known;
  const left = type === 'DELETED' && !change.deleted;
  const object = left && change.previous ? change.previous.withRevision(change.revision) : change.object;
  const event: CacheEvent = { type, object, revision: change.revision, frames: new Map() };
  change.events[type] = event;
  return event;
}
