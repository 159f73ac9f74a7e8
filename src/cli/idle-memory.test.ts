import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../base/stepped-clock.ts';
import { collectWhenIdle } from './idle-memory.ts';

const megabyte = 1024 * 1024;

function setUp(): { clock: SteppedClock; state: { used: number; idle: number; collections: number }; end: () => void } {
  const clock = new SteppedClock({ start: 0 });
  const state = { used: 30 * megabyte, idle: 1, collections: 0 };
  const timer = collectWhenIdle(clock, {
    used: () => state.used,
    idleShare: () => state.idle,
    collect: () => {
      state.collections++;
      state.used = 40 * megabyte;
    },
  });
  return { clock, state, end: () => timer.cancel() };
}

test('a server that rests collects what starting left, and what work left', async () => {
  const { clock, state, end } = setUp();
  await clock.advance(5_000);
  assert.equal(state.collections, 1);
  state.used = 120 * megabyte;
  await clock.advance(60_000);
  assert.equal(state.collections, 2);
  end();
});

test('what could not be taken at once is taken later, and then there is peace', async () => {
  const { clock, state, end } = setUp();
  await clock.advance(80_000);
  assert.equal(state.collections, 1);
  await clock.advance(30_000);
  assert.equal(state.collections, 2);
  await clock.advance(600_000);
  assert.equal(state.collections, 2);
  end();
});

test('a busy server, and one with little to give back, are left alone', async () => {
  const { clock, state, end } = setUp();
  state.idle = 0.5;
  await clock.advance(60_000);
  assert.equal(state.collections, 0);
  state.used = 20 * megabyte;
  state.idle = 1;
  await clock.advance(60_000);
  assert.equal(state.collections, 0);
  end();
});

test('nothing happens once it is cancelled', async () => {
  const { clock, state, end } = setUp();
  end();
  state.used = 120 * megabyte;
  await clock.advance(60_000);
  assert.equal(state.collections, 0);
});
