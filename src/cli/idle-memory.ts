/**
 * Gives memory back after work. V8 collects when it needs room, so a server that had much to do and then rests would keep its
 * garbage for good; this collects once it rests.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Timer } from '../base/clock.ts';

const lookEvery = 10_000;
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
  let kept = probe.used();
  let timer: Timer;
  const look = (): void => {
    const resting = probe.idleShare() >= restingShare;
    if (resting && probe.used() - kept > worthCollecting) {
      probe.collect();
      kept = probe.used();
    }
    timer = clock.after(lookEvery, look);
  };
  timer = clock.after(lookEvery, look);
  return { cancel: () => timer.cancel() };
}

function ownProcess(): MemoryProbe {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
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
    collect: () => gc(),
  };
}
