/**
 * A local copy of a resource, kept true by list and watch.
 *
 * - `get`, `list` and `index` read the copy; what they return is shared and must not be changed.
 * - Handlers hear of every object that exists after they were added (as `added`), then of each change in the order it was
 *   committed, after the copy has it. Between two states seen, changes may be merged; a deletion missed while the watch was away is
 *   told with the last state known. Handlers must not throw and must be quick: they put keys in queues.
 * - `synced` resolves when the first list is in the copy and was told to the handlers present by then.
 * - When a watch ends it is resumed from the last revision seen; when that has expired the resource is listed again, and the
 *   differences are told. Errors back off from 100 ms to 10 s, on the clock given.
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import { isExpired } from '../apimachinery/status-error.ts';
import { objectKey, type KubeObject } from '../apimachinery/object.ts';
import type { Kind } from '../resources/definition.ts';
import type { ApiClient, ListOptions, ResourceClient } from './client.ts';

export interface InformerHandler<T extends KubeObject> {
  added?(object: T): void;
  updated?(object: T, old: T): void;
  deleted?(object: T): void;
}

export interface InformerOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

const firstBackoff = 100;
const longestBackoff = 10_000;

export class Informer<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, T>();
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #stop = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #revision = '';
  #running: Promise<void> | undefined;

  constructor(kind: Kind<T>, options: InformerOptions) {
    this.kind = kind;
    this.#options = options;
  }

  /** Begins to follow the resource; a second call changes nothing. */
  start(): void {
    this.#running ??= this.#run();
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** The resourceVersion of the newest state in the copy. */
  get revision(): string {
    return this.#revision;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Adds an index: `keysOf` gives the values under which an object is found. Add indexes before `start`. */
  addIndex(name: string, keysOf: (object: T) => readonly string[]): this {
    if (!this.#indexes.has(name)) {
      const index = new Index(keysOf);
      for (const [key, object] of this.#objects) index.put(key, object, undefined);
      this.#indexes.set(name, index);
    }
    return this;
  }

  byIndex(name: string, value: string): T[] {
    const keys = this.#indexes.get(name)?.keys(value);
    if (!keys) return [];
    const found: T[] = [];
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object) found.push(object);
    }
    return found;
  }

  /** How many objects `byIndex` would give. */
  countByIndex(name: string, value: string): number {
    return this.#indexes.get(name)?.keys(value)?.size ?? 0;
  }

  /** Returns the function that removes the handler. */
  addHandler(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#objects.values()) handler.added?.(object);
    return () => this.#handlers.delete(handler);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stop;
    let backoff = firstBackoff;
    while (!signal.aborted) {
      try {
        if (this.#revision === '') await this.#relist();
        await this.#follow();
        backoff = firstBackoff;
      } catch (error) {
        if (signal.aborted) return;
        if (isExpired(error)) {
          this.#revision = '';
          continue;
        }
        logger.warn('watch failed, trying again', { resource: this.kind.plural, error: messageOf(error), backoff });
        await clock.sleep(backoff, { signal }).catch(() => {});
        backoff = Math.min(longestBackoff, backoff * 2);
      }
    }
  }

  async #relist(): Promise<void> {
    const list = await this.#resource().list({ ...this.#selectors(), signal: this.#stop.signal });
    const gone = new Set(this.#objects.keys());
    for (const item of list.items) {
      gone.delete(objectKey(item));
      this.#put(item);
    }
    for (const key of gone) this.#remove(key, undefined);
    this.#revision = list.metadata.resourceVersion ?? '';
    if (!this.#hasSynced) {
      this.#hasSynced = true;
      this.#synced.resolve();
    }
  }

  async #follow(): Promise<void> {
    const watch = this.#resource().watch({ ...this.#selectors(), resourceVersion: this.#revision, allowWatchBookmarks: true, signal: this.#stop.signal });
    for await (const batch of watch) {
      for (const { type, object } of batch) {
        if (type === 'DELETED') this.#remove(objectKey(object), object);
        else if (type !== 'BOOKMARK') this.#put(object);
        this.#revision = object.metadata.resourceVersion ?? this.#revision;
      }
    }
  }

  #resource(): ResourceClient<T> {
    return this.#options.client.of(this.kind).namespace(this.#options.namespace);
  }

  #selectors(): ListOptions {
    const { labelSelector, fieldSelector } = this.#options;
    return { labelSelector, fieldSelector };
  }

  #put(object: T): void {
    const key = objectKey(object);
    const old = this.#objects.get(key);
    if (old && old.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.put(key, object, old);
    if (old && old.metadata.uid !== object.metadata.uid) {
      for (const handler of this.#handlers) handler.deleted?.(old);
      for (const handler of this.#handlers) handler.added?.(object);
      return;
    }
    for (const handler of this.#handlers) {
      if (old) handler.updated?.(object, old);
      else handler.added?.(object);
    }
  }

  #remove(key: string, last: T | undefined): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.remove(key, old);
    for (const handler of this.#handlers) handler.deleted?.(last ?? old);
  }
}

class Index<T> {
  readonly #keysOf: (object: T) => readonly string[];
  readonly #byValue = new Map<string, Set<string>>();

  constructor(keysOf: (object: T) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  keys(value: string): ReadonlySet<string> | undefined {
    return this.#byValue.get(value);
  }

  put(key: string, object: T, old: T | undefined): void {
    if (old !== undefined) this.remove(key, old);
    for (const value of this.#keysOf(object)) {
      const keys = this.#byValue.get(value);
      if (keys) keys.add(key);
      else this.#byValue.set(value, new Set([key]));
    }
  }

  remove(key: string, old: T): void {
    for (const value of this.#keysOf(old)) {
      const keys = this.#byValue.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#byValue.delete(value);
    }
  }
}
