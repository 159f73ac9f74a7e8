import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { CgroupActivity } from '../containerd/cgroup-activity.ts';
import { settled } from './settling.ts';

/** What the kernel shows at each look, the last going on for ever; how long the wait took, ms. */
async function wait(looks: readonly (CgroupActivity | undefined)[], endedAfter = Infinity): Promise<number> {
  const clock = new SteppedClock();
  let look = 0;
  let done = false;
  const waiting = settled(['a'], {
    clock, signal: new AbortController().signal,
    activity: () => looks[Math.min(look++, looks.length - 1)],
    hasEnded: () => Promise.resolve(clock.monotonic() >= endedAfter),
  }).then(() => (done = true));
  const begun = clock.monotonic();
  while (!done) {
    await new Promise(setImmediate);
    if (!done) await clock.advance(10);
  }
  await waiting;
  return clock.monotonic() - begun;
}

const rests = { used: '7', busy: false };

test('a container counts as soon as its processes rest', async () => {
  assert.equal(await wait([rests]), 10);
  assert.equal(await wait([{ used: '1', busy: true }, { used: '5', busy: true }, { used: '7', busy: true }, rests]), 30);
});

test('a process that waits for a processor does not rest', async () => {
  assert.equal(await wait([{ used: '7', busy: true }, { used: '7', busy: true }, rests]), 20);
});

test('one that works on and on counts after half a second', async () => {
  assert.equal(await wait([{ used: '7', busy: true }]), 500);
});

test('one that ended is waited for until the runtime knows', async () => {
  assert.equal(await wait([rests, undefined], 40), 40);
});
