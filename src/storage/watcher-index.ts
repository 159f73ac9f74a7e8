/** Watchers by what they watch, so that a change of one object costs no more for ten thousand who watch others. */
import type { CacheWatcher } from './cache-watcher.ts';

export class WatcherIndex {
  readonly #byPrefix = new Map<string, Set<CacheWatcher>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Watchers of exactly this prefix. */
  countOf(prefix: string): number {
    return this.#byPrefix.get(prefix)?.size ?? 0;
  }

  add(prefix: string, watcher: CacheWatcher): void {
    const group = this.#byPrefix.get(prefix) ?? new Set();
    this.#byPrefix.set(prefix, group.add(watcher));
    this.#size++;
  }

  remove(prefix: string, watcher: CacheWatcher): void {
    const group = this.#byPrefix.get(prefix);
    if (!group?.delete(watcher)) return;
    this.#size--;
    if (group.size === 0) this.#byPrefix.delete(prefix);
  }

  /** The groups whose prefix is the key itself or ends with one of its slashes. */
  *of(key: string): Iterable<ReadonlySet<CacheWatcher>> {
    if (this.#size === 0) return;
    for (let end = key.indexOf('/') + 1; end > 0; end = key.indexOf('/', end) + 1) {
      const group = this.#byPrefix.get(key.slice(0, end));
      if (group) yield group;
    }
    const own = this.#byPrefix.get(key);
    if (own) yield own;
  }
}
