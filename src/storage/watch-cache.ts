/**
 * The watch cache: every object of the store in memory, published in commit order. Keys are
 * /registry/<group>/<resource>/[<namespace>/]<name>; the first two parts name a ResourceCache.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { AnyObject } from '../apimachinery/object.ts';
import { CachedObject } from './cached-object.ts';
import { defaultLimits, type CacheLimits } from './change-window.ts';
import { ResourceCache, type PublishedChange } from './resource-cache.ts';
import type { Revision, Store, StoreEvent } from './store.ts';

export const registryPrefix = '/registry/';

/** After a change, caches are looked after this often (ms) until nothing old is left in them. */
const tidyEvery = 10_000;

export class WatchCache {
  readonly #clock: Clock;
  readonly #limits: CacheLimits;
  readonly #resources = new Map<string, ResourceCache>();
  readonly #parsed = new WeakMap<Uint8Array, AnyObject>();
  readonly #stop = new AbortController();
  #revision: Revision;
  #waiting: { revision: Revision; resolve: () => void }[] = [];
  #running: Promise<void> = Promise.resolve();
  #tidying: Timer | undefined;

  private constructor(clock: Clock, revision: Revision, limits: CacheLimits) {
    this.#clock = clock;
    this.#revision = revision;
    this.#limits = limits;
  }

  /** Loads everything and follows the store until `close`. `onFailure` is told when following ends by an error. */
  static async open(store: Store, options: { readonly clock: Clock; readonly limits?: CacheLimits; readonly onFailure: (error: unknown) => void }): Promise<WatchCache> {
    const loaded = await store.list(registryPrefix);
    const cache = new WatchCache(options.clock, loaded.revision, options.limits ?? defaultLimits);
    const byResource = new Map<string, CachedObject[]>();
    for (const entry of loaded.entries) {
      const name = resourceOf(entry.key);
      const objects = byResource.get(name) ?? [];
      if (objects.length === 0) byResource.set(name, objects);
      objects.push(new CachedObject(entry.key, entry.modRevision, entry.value, undefined));
    }
    for (const [name, objects] of byResource) cache.resource(name).load(objects);
    cache.#running = cache.#follow(store, loaded.revision).catch(options.onFailure);
    return cache;
  }

  /** The revision that reads see. */
  get revision(): Revision {
    return this.#revision;
  }

  /** The cache of '<group>/<resource>', made when first asked for. */
  resource(name: string): ResourceCache {
    let cache = this.#resources.get(name);
    if (!cache) {
      cache = new ResourceCache(this.#revision, this.#limits);
      this.#resources.set(name, cache);
    }
    return cache;
  }

  resources(): IterableIterator<[string, ResourceCache]> {
    return this.#resources.entries();
  }

  /** Tells the cache the parsed form of bytes about to be written, so that it need not parse them. */
  remember(stored: Uint8Array, object: AnyObject): void {
    this.#parsed.set(stored, object);
  }

  /** Resolves once reads see `revision`. */
  published(revision: Revision): Promise<void> {
    if (revision <= this.#revision) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#tidying?.cancel();
    await this.#running;
  }

  async #follow(store: Store, after: Revision): Promise<void> {
    for await (const batch of store.watch(registryPrefix, after, this.#stop.signal)) this.#publish(batch);
  }

  #publish(batch: readonly StoreEvent[]): void {
    const byResource = new Map<string, PublishedChange[]>();
    for (const event of batch) {
      const { key, value, modRevision } = event.entry;
      const name = resourceOf(key);
      let changes = byResource.get(name);
      if (!changes) byResource.set(name, (changes = []));
      const object = new CachedObject(key, modRevision, value, this.#parsed.get(value));
      changes.push({ key, object, deleted: event.type === 'delete' });
      this.#revision = modRevision;
    }
    const now = this.#clock.now();
    for (const [name, changes] of byResource) this.resource(name).publish(changes, now);
    this.#tidying ??= this.#clock.after(tidyEvery, () => this.#tidy());
    this.#release();
  }

  #tidy(): void {
    const now = this.#clock.now();
    const unfinished = [...this.#resources.values()].filter((cache) => cache.tidy(now));
    this.#tidying = unfinished.length > 0 ? this.#clock.after(tidyEvery, () => this.#tidy()) : undefined;
  }

  #release(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.revision <= this.#revision) waiter.resolve();
      else this.#waiting.push(waiter);
    }
  }
}

/** '/registry/apps/deployments/default/web' → 'apps/deployments' */
function resourceOf(key: string): string {
  const start = registryPrefix.length;
  const group = key.indexOf('/', start);
  return key.slice(start, key.indexOf('/', group + 1));
}
