import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expiring } from './event-log.ts';
import { Expirer } from './expirer.ts';
import { ManualClock } from './manual-clock.ts';
import type { StoreEvent } from './store.ts';

function put(key: string, modRevision: number): StoreEvent {
  return { type: 'put', entry: { key, value: new Uint8Array(0), createRevision: 1, modRevision }, previous: undefined };
}

function watched(): { clock: ManualClock; expirer: Expirer; due: Expiring[]; at: (ms: number) => number } {
  const clock = new ManualClock();
  const due: Expiring[] = [];
  const start = clock.now();
  return { clock, due, expirer: new Expirer(clock, (each) => due.push(each)), at: (ms) => start + ms };
}

test('keys go at their own times, whatever order they came in, with one timer', () => {
  const { clock, expirer, due, at } = watched();
  expirer.note(put('/late', 2), at(300));
  expirer.note(put('/early', 3), at(100));
  expirer.note(put('/same', 4), at(100));
  assert.equal(clock.pending, 1);
  clock.advance(100);
  assert.deepEqual(due.map((each) => each.key), ['/early', '/same']);
  clock.advance(200);
  assert.deepEqual(due.map((each) => each.key), ['/early', '/same', '/late']);
  assert.equal(clock.pending, 0);
});

test('a later write counts, with a time or without', () => {
  const { clock, expirer, due, at } = watched();
  expirer.note(put('/renewed', 2), at(100));
  expirer.note(put('/kept', 3), at(100));
  expirer.note(put('/renewed', 4), at(500));
  expirer.note(put('/kept', 5), undefined);
  clock.advance(499);
  assert.deepEqual(due, []);
  clock.advance(1);
  assert.deepEqual(due, [{ key: '/renewed', revision: 4, at: at(500) }]);
});

test('what is overdue goes at the next turn of the clock', () => {
  const { clock, expirer, due, at } = watched();
  expirer.add({ key: '/old', revision: 2, at: at(-1000) });
  assert.deepEqual(due, []);
  clock.advance(0);
  assert.equal(due.length, 1);
});
