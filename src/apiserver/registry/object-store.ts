/**
 * Reads and writes of stored objects, for every kind alike: keys, optimistic concurrency, dry run, publication.
 * What an object may hold is decided before (admission, strategies); this file knows only that it is written whole or not at all.
 */
import * as status from '../../apimachinery/status-error.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import { CachedObject, encodeStored } from '../../storage/cached-object.ts';
import type { ResourceCache } from '../../storage/resource-cache.ts';
import { registryPrefix, type WatchCache } from '../../storage/watch-cache.ts';
import { StorageError, type Store, type WriteResult } from '../../storage/store.ts';

export interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  readonly ttlSeconds?: number | undefined;
}

/** What to do with an object that exists. */
export type Change =
  | { readonly type: 'write'; readonly object: AnyObject }
  | { readonly type: 'remove' }
  | { readonly type: 'keep' };

/** A change is tried again on its newest version this often before the client is told of a conflict. */
const maxAttempts = 32;

export class ObjectStore {
  readonly #store: Store;
  readonly cache: WatchCache;

  constructor(store: Store, cache: WatchCache) {
    this.#store = store;
    this.cache = cache;
  }

  cacheOf(definition: ResourceDefinition): ResourceCache {
    return this.cache.resource(definition.storagePrefix);
  }

  get(definition: ResourceDefinition, namespace: string, name: string): CachedObject {
    const found = this.find(definition, namespace, name);
    if (!found) throw status.notFound(subjectOf(definition), name);
    return found;
  }

  find(definition: ResourceDefinition, namespace: string, name: string): CachedObject | undefined {
    return this.cacheOf(definition).get(keyOf(definition, namespace, name));
  }

  /** Throws AlreadyExists when the name is taken. */
  async create(definition: ResourceDefinition, object: AnyObject, options: WriteOptions = {}): Promise<CachedObject> {
    const { namespace = '', name = '' } = object.metadata;
    const key = keyOf(definition, namespace, name);
    if (this.find(definition, namespace, name)) throw status.alreadyExists(subjectOf(definition), name);
    const stored = encodeStored(object);
    if (options.dryRun) return new CachedObject(key, 0, stored, object);
    this.cache.remember(stored, object);
    const result = await this.#write(this.#store.create(key, stored, ttl(options)));
    if (!result.ok) throw status.alreadyExists(subjectOf(definition), name);
    return this.#written(definition, key, stored, object, result.revision);
  }

  /**
   * Replaces or removes an object by a function of its current state, which is called again when another writer comes first.
   * Returns the object as it is now: the new state, the last one when removed, the current one when kept or unchanged.
   */
  async change(
    definition: ResourceDefinition,
    namespace: string,
    name: string,
    decide: (current: CachedObject) => Promise<Change> | Change,
    options: WriteOptions = {},
  ): Promise<{ readonly object: CachedObject; readonly removed: boolean }> {
    const key = keyOf(definition, namespace, name);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const current = this.get(definition, namespace, name);
      const change = await decide(current);
      if (change.type === 'keep') return { object: current, removed: false };
      if (options.dryRun) {
        return change.type === 'remove'
          ? { object: current, removed: true }
          : { object: new CachedObject(key, current.revision, encodeStored(change.object), change.object), removed: false };
      }
      if (change.type === 'remove') {
        const result = await this.#write(this.#store.remove(key, current.revision));
        if (result.ok) {
          await this.cache.published(result.revision);
          return { object: current, removed: true };
        }
        await this.#catchUp(result);
        continue;
      }
      const stored = encodeStored(change.object);
      if (current.holds(stored) || (current.holdsSize(stored) && sameObject(change.object, current.object))) return { object: current, removed: false };
      this.cache.remember(stored, change.object);
      const result = await this.#write(this.#store.update(key, stored, current.revision, ttl(options)));
      if (result.ok) return { object: await this.#written(definition, key, stored, change.object, result.revision), removed: false };
      await this.#catchUp(result);
    }
    throw status.conflict(subjectOf(definition), name, status.modifiedMessage);
  }

  /** Objects as they were at a revision, in key order, for the later pages of a list. */
  async listAt(definition: ResourceDefinition, prefix: string, revision: number, after: string, limit: number): Promise<{ items: CachedObject[]; remaining: number }> {
    const page = await this.#store.list(prefix, { revision, after, limit });
    return { items: page.entries.map((entry) => new CachedObject(entry.key, entry.modRevision, entry.value, undefined)), remaining: page.remaining };
  }

  async #written(definition: ResourceDefinition, key: string, stored: Buffer, object: AnyObject, revision: number): Promise<CachedObject> {
    await this.cache.published(revision);
    const now = this.cacheOf(definition).get(key);
    return now?.revision === revision ? now : new CachedObject(key, revision, stored, object);
  }

  async #catchUp(lost: Extract<WriteResult, { ok: false }>): Promise<void> {
    if (lost.current) await this.cache.published(lost.current.modRevision);
    else await this.cache.published(await this.#store.revision());
  }

  async #write(write: Promise<WriteResult>): Promise<WriteResult> {
    try {
      return await write;
    } catch (error) {
      if (error instanceof StorageError) throw status.internalError(error.message, error);
      throw error;
    }
  }
}

/** Fields in another order are no change. */
function sameObject(next: AnyObject, current: AnyObject): boolean {
  const { resourceVersion: _version, ...metadata } = current.metadata;
  const { resourceVersion: _sent, ...wanted } = next.metadata;
  return equalJson({ ...next, metadata: wanted }, { ...current, metadata });
}

const ttl = (options: WriteOptions): { ttlSeconds?: number } => (options.ttlSeconds === undefined ? {} : { ttlSeconds: options.ttlSeconds });

export const subjectOf = (definition: ResourceDefinition): status.Subject => ({ group: definition.group, resource: definition.plural });

/** The prefix of the keys of a namespace's objects, or of all when no namespace is given. */
export function prefixOf(definition: ResourceDefinition, namespace: string): string {
  const base = `${registryPrefix}${definition.storagePrefix}/`;
  return namespace === '' ? base : `${base}${namespace}/`;
}

export function keyOf(definition: ResourceDefinition, namespace: string, name: string): string {
  return prefixOf(definition, definition.namespaced ? namespace : '') + name;
}
