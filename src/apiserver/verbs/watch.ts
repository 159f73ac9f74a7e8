/**
 * Watches: the initial state where asked for, then every change, with bookmarks, until the time is up or the client goes.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/watch.go, k8s.io/apiserver/pkg/storage/cacher
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { FieldPath, forbidden, notSupported, type FieldError } from '../../apimachinery/field-error.ts';
import * as status from '../../apimachinery/status-error.ts';
import { CompactedError, type Revision } from '../../storage/store.ts';
import type { CacheEvent, CacheWatcher } from '../../storage/cache-watcher.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { isTrue } from '../request-info.ts';
import type { ApiRequest, ApiResponse, ServedResource, WatchItem } from '../request.ts';
import { nonNegative, parseRevision } from './list.ts';
import { selectionOf, type Selection } from './selection.ts';

const bookmarkEvery = 60_000;
const minTimeoutSeconds = 1800;

export interface WatchDependencies {
  /** Watches of a resource that is no longer served end. */
  readonly registry: ResourceRegistry;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

export function watchObjects(request: ApiRequest, served: ServedResource, dependencies: WatchDependencies): ApiResponse {
  const { query } = request;
  const selection = selectionOf(request, served.definition);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const initial = initialEvents(query, bookmarks);
  const seconds = nonNegative(query.get('timeoutSeconds'), 'timeoutSeconds');
  const timeoutMs = 1000 * (seconds > 0 ? seconds : minTimeoutSeconds + dependencies.random.below(minTimeoutSeconds));
  const text = query.get('resourceVersion') ?? '';
  const after = text === '' ? 0 : parseRevision(text);
  const plan: Plan = { selection, after, initial: initial ?? after === 0, bookmarks, marksInitialEnd: initial === true, timeoutMs };
  return { type: 'watch', served, events: new WatchStream(request.signal, served, plan, dependencies) };
}

interface Plan {
  readonly selection: Selection;
  readonly after: Revision;
  /** Whether the present state comes first, as ADDED events. */
  readonly initial: boolean;
  readonly bookmarks: boolean;
  readonly marksInitialEnd: boolean;
  readonly timeoutMs: number;
}

/** undefined: not asked about. Throws 422 for options that do not go together. */
function initialEvents(query: URLSearchParams, bookmarks: boolean): boolean | undefined {
  const wanted = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch') ?? '';
  const path = FieldPath.of('resourceVersionMatch');
  const errors: FieldError[] = [];
  if (wanted !== null && match !== 'NotOlderThan') errors.push(forbidden(path, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match !== '') {
    if (wanted === null) errors.push(forbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') errors.push(notSupported(path, match, ['NotOlderThan']));
    if ((query.get('continue') ?? '') !== '') errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  if (errors.length === 0 && wanted !== null && isTrue(wanted) && !bookmarks) errors.push(forbidden(FieldPath.of('sendInitialEvents'), 'sendInitialEvents requires allowWatchBookmarks'));
  if (errors.length > 0) throw status.invalidObject('meta.k8s.io', 'ListOptions', '', errors);
  return wanted === null ? undefined : isTrue(wanted);
}

class WatchStream implements AsyncIterable<readonly WatchItem[]> {
  readonly #signal: AbortSignal;
  readonly #served: ServedResource;
  readonly #plan: Plan;
  readonly #dependencies: WatchDependencies;

  constructor(signal: AbortSignal, served: ServedResource, plan: Plan, dependencies: WatchDependencies) {
    this.#signal = signal;
    this.#served = served;
    this.#plan = plan;
    this.#dependencies = dependencies;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<readonly WatchItem[]> {
    const { store, clock } = this.#dependencies;
    const { selection, bookmarks, timeoutMs } = this.#plan;
    const cache = store.cacheOf(this.#served.definition);
    const present = store.cache.revision;
    let watcher: CacheWatcher;
    try {
      watcher = cache.watch(selection, this.#plan.initial ? present : this.#plan.after);
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error;
      yield [errorItem(status.gone(`too old resource version: ${this.#plan.after} (${error.compacted})`))];
      return;
    }
    const stop = (): void => watcher.close();
    const unfollow = this.#followDefinition(stop);
    const timers = new Set<Timer>();
    let bookmarkDue = false;
    const armBookmark = (): void => {
      timers.add(clock.after(bookmarkEvery, () => {
        bookmarkDue = true;
        watcher.nudge();
        armBookmark();
      }));
    };
    this.#signal.addEventListener('abort', stop, { once: true });
    timers.add(clock.after(timeoutMs, stop));
    if (bookmarks) armBookmark();
    try {
      if (this.#signal.aborted) return;
      if (this.#plan.initial) yield this.#initialItems(cache.list(selection), present);
      for (let batch = await watcher.next(); batch; batch = await watcher.next()) {
        if (batch.length > 0) yield batch;
        if (bookmarkDue) yield [{ type: 'BOOKMARK', revision: store.cache.revision, initialEventsEnd: false }];
        bookmarkDue = false;
      }
      if (watcher.overflowed) yield [errorItem(status.gone('the watch fell too far behind: list and watch again'))];
    } finally {
      for (const timer of timers) timer.cancel();
      this.#signal.removeEventListener('abort', stop);
      unfollow();
      watcher.close();
    }
  }

  /** Custom resources may go. Their objects were deleted before, and those events reach the client first. */
  #followDefinition(gone: () => void): () => void {
    const { definition: { group, plural, builtin }, version } = this.#served;
    if (builtin !== false) return () => {};
    const { registry } = this.#dependencies;
    return registry.onChange(() => {
      if (!registry.byResource(group, version.name, plural)) gone();
    });
  }

  #initialItems(objects: readonly CachedObject[], revision: Revision): WatchItem[] {
    const items: WatchItem[] = objects.map((object): CacheEvent => ({ type: 'ADDED', object, revision: object.revision, frames: new Map() }));
    if (this.#plan.marksInitialEnd) items.push({ type: 'BOOKMARK', revision, initialEventsEnd: true });
    return items;
  }
}

const errorItem = (error: status.StatusError): WatchItem => ({ type: 'ERROR', status: error.status as unknown as AnyObject });
