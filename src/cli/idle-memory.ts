/**
 * Gives memory back after work. V8 collects when it needs room, so a server that had much to do and then rests would keep its
 * garbage for good; this collects once it rests.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Timer } from '../base/clock.ts';

const lookEvery = 10_000;
/** And this often until the first collection: starting leaves much behind. */
const atFirst = 1_000;
/** What a collection could not take because a watch might still have asked for it (storage/resource-cache.ts), it can take after this long. */
const againAfter = 90_000;
/** At rest is a loop that idled for this share of the time since the last look. */
const restingShare = 0.9;
/** What may have come since the last collection without being worth another: bytes. */
const worthCollecting = 24 * 1024 * 1024;

export interface MemoryProbe {
  /** Bytes that JavaScript objects and their buffers take. */
  used(): number;
  /** Share of the time since the last call in which the event loop had nothing to do. */
  idleShare(): number;
  collect(): void;
}

/** Looks now and then until cancelled. */
export function collectWhenIdle(clock: Clock, probe: MemoryProbe = ownProcess()): Timer {
  let kept = 0;
  let again = Infinity;
  let timer: Timer;
  const look = (): void => {
    const grown = probe.used() - kept > worthCollecting;
    if (probe.idleShare() >= restingShare && (grown || clock.monotonic() >= again)) {
      probe.collect();
      kept = probe.used();
      again = grown ? clock.monotonic() + againAfter : Infinity;
    }
    timer = clock.after(kept === 0 ? atFirst : lookEvery, look);
  };
  timer = clock.after(atFirst, look);
  return { cancel: () => timer.cancel() };
}

function ownProcess(): MemoryProbe {
  setFlagsFromString('--expose-gc');
  // The last resort also gives room back that the heap keeps for later.
  const gc = runInNewContext('gc') as (options: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;
  let last = performance.eventLoopUtilization();
  return {
    used() {
      const { heapTotal, arrayBuffers } = process.memoryUsage();
      return heapTotal + arrayBuffers;
    },
    idleShare() {
      const now = performance.eventLoopUtilization();
      const share = 1 - performance.eventLoopUtilization(now, last).utilization;
      last = now;
      return share;
    },
    collect: () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  };
}
