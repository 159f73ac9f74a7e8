import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { Rounds } from './rounds.ts';

function work(round: (n: number, rounds: Rounds) => Promise<void> | void): { rounds: Rounds; clock: SteppedClock; stop: AbortController; count: () => number } {
  const clock = new SteppedClock();
  const stop = new AbortController();
  let done = 0;
  const rounds: Rounds = new Rounds({ clock, log: silentLogger, signal: stop.signal, round: async () => round(++done, rounds) });
  return { rounds, clock, stop, count: () => done };
}

test('what happens in a round calls for one more, and no two go on at once', async () => {
  let within = 0;
  const { rounds, count } = work(async (n, self) => {
    within += 1;
    assert.equal(within, 1);
    if (n === 1) for (let i = 0; i < 3; i++) self.wake();
    await Promise.resolve();
    within -= 1;
  });
  rounds.wake();
  await rounds.running;
  assert.equal(count(), 2);
  assert.equal(rounds.running, undefined);
});

test('the earliest of several delays counts', async () => {
  const { rounds, clock, count } = work(() => undefined);
  rounds.wakeIn(1000);
  rounds.wakeIn(100);
  rounds.wakeIn(500);
  await clock.advance(99);
  assert.equal(count(), 0);
  await clock.advance(1);
  assert.equal(count(), 1);
  await clock.advance(5000);
  assert.equal(count(), 1);
});

test('failures are tried again, after twice as long each time, until one succeeds', async () => {
  const { rounds, clock, count } = work((n) => {
    if (n !== 4) throw new Error('not yet');
  });
  rounds.wake();
  await rounds.running;
  const seen: number[] = [];
  for (const ms of [499, 1, 999, 1, 1999, 1]) {
    await clock.advance(ms);
    await rounds.running;
    seen.push(count());
  }
  assert.deepEqual(seen, [1, 2, 2, 3, 3, 4]);
  rounds.wake();
  await rounds.running;
  await clock.advance(500);
  assert.equal(count(), 6, 'the count of failures began anew');
});

test('none comes after the end', async () => {
  const { rounds, clock, count } = work(() => undefined);
  rounds.wakeIn(100);
  rounds.end();
  rounds.wakeIn(100);
  await clock.advance(1000);
  rounds.wake();
  await rounds.running;
  assert.equal(count(), 0);
});

test('a failure while everything stops is not tried again', async () => {
  const { rounds, clock, stop, count } = work(() => {
    stop.abort();
    throw new Error('cut off');
  });
  rounds.wake();
  await rounds.running;
  await clock.advance(60_000);
  assert.equal(count(), 1);
});
