/**
 * A queue of keys to work on.
 *
 * - A key added while it waits is there once. A key added while it is worked on is given out again afterwards, never at the same
 *   time: work on one key is serial.
 * - `add` is at once, `addAfter` after a delay (the earliest of several delays counts), `addRateLimited` after a delay that doubles
 *   with each failure since `forget`.
 * - `next` waits for a key; undefined once the queue is closed.
 */
import type { Clock, Timer } from '../base/clock.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Delay after the first failure, ms. */
  readonly firstDelay?: number;
  readonly longestDelay?: number;
}

export class WorkQueue {
  readonly #clock: Clock;
  readonly #firstDelay: number;
  readonly #longestDelay: number;
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, { readonly at: number; readonly timer: Timer }>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#firstDelay = options.firstDelay ?? 5;
    this.#longestDelay = options.longestDelay ?? 1_000_000;
  }

  /** Keys that wait, not counting delayed ones. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Nothing waits and nothing is worked on; delayed keys do not count. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#working.size === 0;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    const taker = this.#takers.shift();
    if (!taker) {
      this.#waiting.add(key);
      return;
    }
    this.#working.add(key);
    taker(key);
  }

  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.monotonic() + ms;
    const planned = this.#delayed.get(key);
    if (planned && planned.at <= at) return;
    planned?.timer.cancel();
    const timer = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, timer });
  }

  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(this.#longestDelay, this.#firstDelay * 2 ** failures));
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, which stays the taker's until `done`. */
  next(): Promise<string | undefined> {
    const [key] = this.#waiting;
    if (key !== undefined) {
      this.#waiting.delete(key);
      this.#working.add(key);
      return Promise.resolve(key);
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#waiting.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }
}
