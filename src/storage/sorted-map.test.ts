import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SortedMap } from './sorted-map.ts';

/** All numbers below `count` in an order that looks random and is always the same. */
function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7919) % count);
}

describe('SortedMap', () => {
  test('is empty at first', () => {
    const map = new SortedMap<string, number>();
    assert.equal(map.size, 0);
    assert.equal(map.first(), undefined);
    assert.equal(map.get('a'), undefined);
    assert.equal(map.delete('a'), false);
    assert.deepEqual([...map.entries('a')], []);
  });

  for (const [order, keys] of Object.entries({
    'in order': Array.from({ length: 5000 }, (_, i) => i),
    backwards: Array.from({ length: 5000 }, (_, i) => 4999 - i),
    shuffled: shuffled(5000),
  })) {
    test(`keeps keys sorted that arrive ${order}`, () => {
      const map = new SortedMap<number, string>();
      for (const key of keys) map.set(key, `v${key}`);
      assert.equal(map.size, 5000);
      assert.deepEqual([...map.entries()], Array.from({ length: 5000 }, (_, i) => [i, `v${i}`]));
      assert.ok(keys.every((key) => map.get(key) === `v${key}`));
    });
  }

  test('set of a known key replaces its value', () => {
    const map = new SortedMap<string, number>();
    map.set('a', 1);
    map.set('a', 2);
    assert.deepEqual([map.size, map.get('a')], [1, 2]);
  });

  test('entries begin with the first key that is not below the start', () => {
    const map = new SortedMap<number, number>();
    for (const key of shuffled(3000)) map.set(key * 2, key);
    for (const start of [-1, 0, 1, 1023, 1024, 1025, 5997, 5998, 5999]) {
      const expected = Math.max(0, Math.ceil(start / 2) * 2);
      const [first] = map.entries(start).next().value ?? [undefined];
      assert.equal(first, expected > 5998 ? undefined : expected, `from ${start}`);
    }
  });

  test('keys can be deleted in any order, and come again', () => {
    const map = new SortedMap<number, number>();
    for (const key of shuffled(4000)) map.set(key, key);
    for (const key of shuffled(4000)) if (key % 5 !== 0) assert.ok(map.delete(key));
    assert.deepEqual([...map.entries()].map(([key]) => key), Array.from({ length: 800 }, (_, i) => i * 5));
    assert.equal(map.size, 800);
    map.set(1, 1);
    assert.deepEqual([...map.entries(1)][0], [1, 1]);
    for (const key of shuffled(4000)) map.delete(key);
    assert.deepEqual([map.size, map.first()], [0, undefined]);
  });
});
