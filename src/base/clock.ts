/**
 * Time as a dependency. Components never read the system clock or start timers themselves: they take a Clock, so that
 * tests and the library can move time by hand (stepped-clock.ts).
 */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  now(): number;
  /** A time that never goes back, in milliseconds from an arbitrary start: for durations. */
  monotonic(): number;
  /** Calls `fire` once after `ms` milliseconds. An error thrown by `fire` is the caller's bug and crashes. */
  after(ms: number, fire: () => void): Timer;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** RFC 3339 with whole seconds, as metav1.Time is written. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastStamp.second) lastStamp = { second, text: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return lastStamp.text;
}

/** Within one second thousands of objects may be stamped. */
let lastStamp = { second: NaN, text: '' };

/** RFC 3339 with microseconds, as metav1.MicroTime is written. */
export function microTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

/** setTimeout holds at most a signed 32-bit delay; longer waits are chained. */
const longestTimeout = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fire) {
    let handle: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, longestTimeout);
      handle = setTimeout(() => {
        if (left > step) arm(left - step);
        else fire();
      }, Math.max(0, step));
    };
    arm(ms);
    return { cancel: () => clearTimeout(handle) };
  },
  sleep: (ms, options) => sleepOn(systemClock, ms, options?.signal),
};

/** Clock.sleep in terms of Clock.after. */
export function sleepOn(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const abort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}
