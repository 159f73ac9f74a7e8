import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedObject, encodeStored } from './cached-object.ts';
import type { CacheLimits } from './change-window.ts';
import { ResourceCache } from './resource-cache.ts';
import { CompactedError } from './store.ts';

const key = '/registry/configmaps/default/a';
const limits: CacheLimits = { minWindow: 2, maxWindow: 1000, maxWindowBytes: 1024 * 1024, windowMs: 75_000, maxPending: 1000, warmMs: 10_000 };

/** A cache whose one object, about a kilobyte, was changed at each of these times (ms); revisions count from 2. */
function changedAt(times: readonly number[], changed: Partial<CacheLimits> = {}): ResourceCache {
  const cache = new ResourceCache(1, { ...limits, ...changed });
  times.forEach((time, index) => {
    const stored = encodeStored({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'default' }, data: { text: 'x'.repeat(1000) } });
    cache.publish([{ key, object: new CachedObject(key, index + 2, stored, undefined), deleted: false }], time);
  });
  return cache;
}

/** The oldest revision from which a watch may begin. */
function oldest(cache: ResourceCache): number {
  for (let revision = 1; ; revision++) {
    try {
      cache.watch({ prefix: key }, revision).close();
      return revision;
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error;
    }
  }
}

const times = (count: number, at: number): number[] => Array.from({ length: count }, () => at);

test('the past is kept for its time, and the last changes for ever', () => {
  const cache = changedAt([...times(400, 0), ...times(100, 50_000)]);
  assert.equal(oldest(cache), 1);
  cache.tidy(80_000);
  assert.equal(oldest(cache), 401);
  cache.tidy(200_000);
  assert.equal(oldest(cache), 499);
});

test('the past is kept up to a number of changes, and up to a weight', () => {
  assert.ok(oldest(changedAt(times(1500, 0))) >= 500 - 256);
  const heavy = oldest(changedAt(times(1000, 0), { maxWindowBytes: 200 * 1024 }));
  assert.ok(heavy > 500 && heavy < 900, `begins at ${heavy}`);
});

test('a cache knows what its objects weigh and how many watch what', () => {
  const cache = changedAt([0, 0]);
  assert.equal(cache.bytes, cache.get(key)?.bytes.length);
  const all = cache.watch({ prefix: '/registry/configmaps/' }, 3);
  const one = cache.watch({ prefix: key }, 3);
  const other = cache.watch({ prefix: key }, 3);
  assert.deepEqual([cache.watchersOf('/registry/configmaps/'), cache.watchersOf(key), cache.watchersOf('/registry/configmaps/other/')], [1, 2, 0]);
  for (const watcher of [all, one, one]) watcher.close();
  assert.deepEqual([cache.watchersOf('/registry/configmaps/'), cache.watchersOf(key)], [0, 1]);
  other.close();
  assert.equal(cache.watcherCount, 0);
  const gone = cache.get(key)?.withRevision(4);
  assert.ok(gone);
  cache.publish([{ key, object: gone, deleted: true }], 0);
  assert.equal(cache.bytes, 0);
});

test('a change is told to those who watch everything, its namespace or the object, and to nobody else', async () => {
  const cache = new ResourceCache(1, limits);
  const prefixes = ['/', '/registry/configmaps/', '/registry/configmaps/default/', key, `${key}b`, '/registry/configmaps/default/b', '/registry/configmaps/other/'];
  const watchers = prefixes.map((prefix) => cache.watch({ prefix }, 1));
  const stored = encodeStored({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'default' } });
  cache.publish([{ key, object: new CachedObject(key, 2, stored, undefined), deleted: false }], 0);
  for (const watcher of watchers) watcher.nudge();
  const told = await Promise.all(watchers.map(async (watcher) => (await watcher.next())?.length));
  assert.deepEqual(told, [1, 1, 1, 1, 0, 0, 0]);
});

test('a watch that begins too far back to be caught up with is ended, and counted no more', async () => {
  const cache = changedAt(times(20, 0), { maxPending: 10 });
  const watcher = cache.watch({ prefix: key }, 1);
  assert.equal(await watcher.next(), undefined);
  assert.equal(watcher.overflowed, true);
  assert.equal(cache.watcherCount, 0);
});
