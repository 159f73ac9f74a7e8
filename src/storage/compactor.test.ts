import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compactor, type HistoryLimits } from './compactor.ts';
import { ManualClock } from './manual-clock.ts';

function watched(limits: HistoryLimits, found = { revision: 1, compacted: 0 }): { clock: ManualClock; compactor: Compactor; upTo: number[] } {
  const clock = new ManualClock();
  const upTo: number[] = [];
  const compactor = new Compactor({ clock, limits, ...found, compact: (revision) => upTo.push(revision) });
  return { clock, compactor, upTo };
}

test('a fresh store has nothing to forget and no timer', () => {
  const { clock, upTo } = watched({ revisions: 10, age: 1000 });
  clock.advance(10_000);
  assert.deepEqual([upTo, clock.pending], [[], 0]);
});

test('beyond a tenth more than the limit the oldest revisions go', () => {
  const { compactor, upTo } = watched({ revisions: 100, age: Infinity });
  for (let revision = 2; revision <= 110; revision += 1) compactor.committed(revision);
  assert.deepEqual(upTo, []);
  compactor.committed(111);
  assert.deepEqual(upTo, [11]);
  compactor.committed(121);
  assert.deepEqual(upTo, [11]);
  compactor.committed(122);
  assert.deepEqual(upTo, [11, 22]);
});

test('under steady writes, history is between the age and a fifth more', () => {
  const { clock, compactor, upTo } = watched({ revisions: Infinity, age: 1000 });
  for (let revision = 2; revision <= 50; revision += 1) {
    compactor.committed(revision);
    clock.advance(100);
  }
  // One write each 100 ms: at the end (revision 50 at 4800 ms; now 4900 ms) what is older than 1000 ms ends with revision 41.
  const last = upTo.at(-1) ?? 0;
  assert.ok(last <= 41 && last >= 39, `compacted up to ${last}`);
});

test('at rest all is forgotten in the end, once', () => {
  const { clock, compactor, upTo } = watched({ revisions: Infinity, age: 1000 });
  compactor.committed(2);
  clock.advance(50);
  compactor.committed(3);
  clock.advance(60_000);
  assert.deepEqual([upTo, clock.pending], [[2, 3], 0]);
});

test('history found at opening ages from then on', () => {
  const { clock, upTo } = watched({ revisions: Infinity, age: 1000 }, { revision: 500, compacted: 400 });
  clock.advance(999);
  assert.deepEqual(upTo, []);
  clock.advance(1);
  assert.deepEqual(upTo, [500]);
});

test('what was compacted by hand is not compacted again, and closing stops the timer', () => {
  const { clock, compactor, upTo } = watched({ revisions: Infinity, age: 1000 });
  compactor.committed(7);
  compactor.compacted(7);
  clock.advance(5000);
  assert.deepEqual(upTo, []);
  compactor.committed(8);
  compactor.close();
  assert.equal(clock.pending, 0);
});
