/**
 * All objects of one resource as of the last published revision, with the recent events: what GET, LIST and watch read.
 *
 * - `publish` is called once a commit, in revision order; between two calls readers see one consistent state.
 * - A watch begins after a revision and gets every later event that concerns its filter, in order. An object that leaves
 *   the filter is a DELETED event, one that enters it is ADDED. A revision older than the window throws CompactedError.
 * - A watcher that falls `maxPending` events behind is ended with `overflowed` set, so that memory stays bounded.
 */
import { CompactedError, type Revision } from './store.ts';
import type { CachedObject } from './cached-object.ts';

export interface ObjectFilter {
  /** Keys must start with this (the namespace part, or a whole key). */
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
interface Change {
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

export interface PublishedChange {
  readonly key: string;
  readonly object: CachedObject;
  readonly deleted: boolean;
}

export interface CacheLimits {
  /** Events kept for watches that begin in the past: at least `minWindow`, at most `maxWindow`, and beyond the minimum no older than `windowMs`. */
  readonly minWindow: number;
  readonly maxWindow: number;
  /** What the states in the window may weigh together beyond `minWindow` of them: bytes. */
  readonly maxWindowBytes: number;
  readonly windowMs: number;
  readonly maxPending: number;
  /** How long a past change keeps what was made of it (parsed objects, frames): by then watchers have been told. */
  readonly warmMs: number;
}

export const defaultLimits: CacheLimits = { minWindow: 100, maxWindow: 20_000, maxWindowBytes: 24 * 1024 * 1024, windowMs: 75_000, maxPending: 20_000, warmMs: 10_000 };

export class ResourceCache {
  readonly #limits: CacheLimits;
  readonly #objects = new Map<string, CachedObject>();
  #keys: string[] = [];
  readonly #watchers = new Set<CacheWatcher>();
  /** How many watchers there are of each prefix. */
  readonly #watched = new Map<string, number>();
  #bytes = 0;
  readonly #followers: ((change: PublishedChange) => void)[] = [];
  #window: Change[] = [];
  #windowBytes = 0;
  /** The revision of the newest change that is no longer in the window. */
  #forgotten: Revision;
  /** Changes up to this revision keep only their bytes. */
  #cooled: Revision;

  constructor(loadedAt: Revision, limits: CacheLimits = defaultLimits) {
    this.#forgotten = loadedAt;
    this.#cooled = loadedAt;
    this.#limits = limits;
  }

  /** Fills an empty cache; `objects` in key order. */
  load(objects: readonly CachedObject[]): void {
    for (const object of objects) {
      this.#objects.set(object.key, object);
      this.#bytes += object.bytes.length;
    }
    this.#keys = objects.map((object) => object.key);
    this.changes++;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Grows with every published change: tells whether something derived from the cache is still true. */
  changes = 0;

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Watchers of exactly this prefix: those of everything, of one namespace, or of one object. */
  watchersOf(prefix: string): number {
    return this.#watched.get(prefix) ?? 0;
  }

  /** What all objects weigh together. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): CachedObject | undefined {
    return this.#objects.get(key);
  }

  /** Matching objects in key order; `after` skips keys up to and including it. */
  list(filter: ObjectFilter, after = ''): CachedObject[] {
    const { prefix, matches } = filter;
    const keys = this.#keys;
    const found: CachedObject[] = [];
    let from = lowerBound(keys, after > prefix ? after : prefix);
    if (after !== '' && keys[from] === after) from++;
    for (let i = from; i < keys.length; i++) {
      const key = keys[i] as string;
      if (!key.startsWith(prefix)) break;
      const object = this.#objects.get(key) as CachedObject;
      if (matches === undefined || matches(object)) found.push(object);
    }
    return found;
  }

  /** Calls `told` with every change as it is published, for as long as the cache is: for indexes that must not be behind. */
  follow(told: (change: PublishedChange) => void): void {
    this.#followers.push(told);
  }

  watch(filter: ObjectFilter, after: Revision): CacheWatcher {
    if (after < this.#forgotten) throw new CompactedError(after, this.#forgotten);
    const watcher = new CacheWatcher(filter, after, this.#limits.maxPending, (ended) => this.#unwatch(ended, filter.prefix));
    for (let i = firstAfter(this.#window, after); i < this.#window.length; i++) watcher.offer(this.#window[i] as Change);
    watcher.flush();
    this.#watchers.add(watcher);
    this.#watched.set(filter.prefix, this.watchersOf(filter.prefix) + 1);
    return watcher;
  }

  #unwatch(ended: CacheWatcher, prefix: string): void {
    if (!this.#watchers.delete(ended)) return;
    const left = this.watchersOf(prefix) - 1;
    if (left > 0) this.#watched.set(prefix, left);
    else this.#watched.delete(prefix);
  }

  publish(changes: readonly PublishedChange[], time: number): void {
    this.changes += changes.length;
    for (const published of changes) {
      const { key, object, deleted } = published;
      const previous = this.#objects.get(key);
      this.#bytes += (deleted ? 0 : object.bytes.length) - (previous?.bytes.length ?? 0);
      if (deleted) this.#forget(key);
      else this.#keep(key, object, previous === undefined);
      for (const told of this.#followers) told(published);
      const change: Change = { revision: object.revision, time, key, object, previous, deleted, events: {} };
      this.#window.push(change);
      this.#windowBytes += object.bytes.length;
      for (const watcher of this.#watchers) watcher.offer(change);
    }
    for (const watcher of this.#watchers) watcher.flush();
    this.trim(time);
  }

  /** Drops events that are out of the window's limits. */
  trim(time: number): void {
    const { minWindow, maxWindow, maxWindowBytes, windowMs } = this.#limits;
    const most = this.#window.length - minWindow;
    const least = this.#window.length - maxWindow;
    let drop = 0;
    let bytes = this.#windowBytes;
    while (drop < least || (drop < most && (bytes > maxWindowBytes || (this.#window[drop] as Change).time < time - windowMs))) {
      bytes -= (this.#window[drop] as Change).object.bytes.length;
      drop++;
    }
    if (drop === 0 || (drop < 256 && drop < most)) return;
    this.#forgotten = (this.#window[drop - 1] as Change).revision;
    this.#window = this.#window.slice(drop);
    this.#windowBytes = bytes;
  }

  /** Does what time alone makes due: drops old events, and of past states all but their bytes. True when more will become due. */
  tidy(time: number): boolean {
    this.trim(time);
    const { minWindow, warmMs } = this.#limits;
    for (let i = firstAfter(this.#window, this.#cooled); i < this.#window.length; i++) {
      const change = this.#window[i] as Change;
      if (change.time > time - warmMs) return true;
      this.#cool(change);
    }
    return this.#window.length > minWindow;
  }

  #cool(change: Change): void {
    change.previous?.forgetParsed();
    if (this.#objects.get(change.key) !== change.object) change.object.forgetParsed();
    change.events = {};
    this.#cooled = change.revision;
  }

  #keep(key: string, object: CachedObject, isNew: boolean): void {
    this.#objects.set(key, object);
    if (!isNew) return;
    const at = lowerBound(this.#keys, key);
    if (at === this.#keys.length) this.#keys.push(key);
    else this.#keys.splice(at, 0, key);
  }

  #forget(key: string): void {
    if (!this.#objects.delete(key)) return;
    this.#keys.splice(lowerBound(this.#keys, key), 1);
  }
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

/** The first index whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAfter(changes: readonly Change[], revision: Revision): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle] as Change).revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
