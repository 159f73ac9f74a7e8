import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinDefinitions } from '../../resources/builtin.ts';
import { createRegistry } from '../../resources/registry.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { parseRequest } from '../request-info.ts';
import { WorkEstimator } from './work-estimate.ts';

/** 3,000 Pods of 4,000 bytes; 20 watch all of them, 5 those of `team`, one `team/a`. */
const watchers: Readonly<Record<string, number>> = { '/registry/core/pods/': 20, '/registry/core/pods/team/': 5, '/registry/core/pods/team/a': 1 };
const cache = { size: 3000, bytes: 12_000_000, watcherCount: 26, watchersOf: (prefix: string): number => watchers[prefix] ?? 0 };
const quiet = { size: 0, bytes: 0, watcherCount: 3, watchersOf: (): number => 3 };
const estimator = new WorkEstimator(createRegistry(builtinDefinitions()), { cacheOf: ({ plural }: { plural: string }) => (plural === 'pods' ? cache : quiet) } as unknown as ObjectStore);

const cases: [name: string, method: string, url: string, widest: number | undefined, seats: [initial: number, final: number, ms: number]][] = [
  ['a get', 'GET', '/api/v1/namespaces/team/pods/a', 37, [1, 0, 0]],
  ['a path', 'GET', '/version', 37, [1, 0, 0]],
  ['a list from the cache weighs a megabyte at most', 'GET', '/api/v1/pods', 37, [10, 0, 0]],
  ['a level of few seats has narrow lists', 'GET', '/api/v1/pods', 6, [6, 0, 0]],
  ['a page of the cache', 'GET', '/api/v1/pods?limit=100', 37, [4, 0, 0]],
  ['a small page', 'GET', '/api/v1/pods?limit=10', 37, [1, 0, 0]],
  ['a later page is read from the store', 'GET', '/api/v1/pods?limit=500&continue=x', 37, [20, 0, 0]],
  ['a later page with a selector reads half of all at least', 'GET', '/api/v1/pods?limit=500&continue=x&labelSelector=a', 100, [60, 0, 0]],
  ['an exact revision', 'GET', '/api/v1/pods?resourceVersion=5&resourceVersionMatch=Exact', undefined, [100, 0, 0]],
  ['one by its name', 'GET', '/api/v1/namespaces/team/pods?fieldSelector=metadata.name%3Da', 37, [1, 0, 0]],
  ['a watch', 'GET', '/api/v1/pods?watch=1', 37, [1, 0, 0]],
  ['a watch that lists first', 'GET', '/api/v1/pods?watch=1&sendInitialEvents=true', 37, [10, 0, 0]],
  ['an empty list', 'GET', '/api/v1/services', 37, [1, 0, 0]],
  ['what is not there', 'GET', '/apis/x/v1/things', 37, [1, 0, 0]],
  ['a write that few watch', 'POST', '/api/v1/namespaces/team/services', 37, [1, 0, 0]],
  ['a create that 25 are told of', 'POST', '/api/v1/namespaces/team/pods', 37, [1, 3, 5]],
  ['an update that 26 are told of', 'PUT', '/api/v1/namespaces/team/pods/a', 37, [1, 3, 5]],
  ['a delete elsewhere', 'DELETE', '/api/v1/namespaces/other/pods/a', 37, [1, 2, 5]],
  ['the same in a level of few seats takes longer', 'PATCH', '/api/v1/namespaces/team/pods/a', 1, [1, 1, 15]],
];
for (const [name, method, url, widest, [initialSeats, finalSeats, additionalMs]] of cases) {
  test(name, () => {
    const [path = '', text = ''] = url.split('?');
    const query = new URLSearchParams(text);
    assert.deepEqual(estimator.estimate({ info: parseRequest(method, path, query), query }, widest), { initialSeats, finalSeats, additionalMs });
  });
}
