/**
 * All objects of one resource as of the last published revision, with the recent events: what GET, LIST and watch read.
 *
 * - `publish` is called once a commit, in revision order; between two calls readers see one consistent state.
 * - A watch begins after a revision and gets every later event that concerns its filter, in order. A revision older than the window
 *   throws CompactedError.
 * - A watcher that falls `maxPending` events behind is ended with `overflowed` set, so that memory stays bounded.
 */
import type { CachedObject } from './cached-object.ts';
import { CacheWatcher, type Change, type ObjectFilter } from './cache-watcher.ts';
import { ChangeWindow, defaultLimits, type CacheLimits } from './change-window.ts';
import { CompactedError, type Revision } from './store.ts';
import { WatcherIndex } from './watcher-index.ts';

export interface PublishedChange {
  readonly key: string;
  readonly object: CachedObject;
  readonly deleted: boolean;
}

export class ResourceCache {
  readonly #limits: CacheLimits;
  readonly #objects = new Map<string, CachedObject>();
  #keys: string[] = [];
  readonly #watchers = new WatcherIndex();
  #bytes = 0;
  readonly #followers: ((change: PublishedChange) => void)[] = [];
  readonly #window: ChangeWindow;

  constructor(loadedAt: Revision, limits: CacheLimits = defaultLimits) {
    this.#window = new ChangeWindow(loadedAt, limits);
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
    return this.#watchers.countOf(prefix);
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
    const { prefix } = filter;
    if (after < this.#window.forgotten) throw new CompactedError(after, this.#window.forgotten);
    const watcher = new CacheWatcher(filter, after, this.#limits.maxPending, (ended) => this.#watchers.remove(prefix, ended));
    this.#watchers.add(prefix, watcher);
    for (const change of this.#window.after(after)) watcher.offer(change);
    watcher.flush();
    return watcher;
  }

  publish(changes: readonly PublishedChange[], time: number): void {
    this.changes += changes.length;
    const told = new Set<CacheWatcher>();
    for (const published of changes) {
      const { key, object, deleted } = published;
      const previous = this.#objects.get(key);
      this.#bytes += (deleted ? 0 : object.bytes.length) - (previous?.bytes.length ?? 0);
      if (deleted) this.#forget(key);
      else this.#keep(key, object, previous === undefined);
      for (const follow of this.#followers) follow(published);
      const change: Change = { revision: object.revision, time, key, object, previous, deleted, events: {} };
      this.#window.push(change);
      for (const group of this.#watchers.of(key)) {
        for (const watcher of group) {
          watcher.offer(change);
          told.add(watcher);
        }
      }
    }
    for (const watcher of told) watcher.flush();
    this.trim(time);
  }

  /** Drops changes that are out of the window's limits. */
  trim(time: number): void {
    this.#window.trim(time);
  }

  /** Does what time alone makes due: drops old changes, and of past states all but their bytes. True when more will become due. */
  tidy(time: number): boolean {
    return this.#window.tidy(time, ({ key, object }) => this.#objects.get(key) === object);
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
