/** Work that is done in rounds, one at a time: at once when something happened, after a delay, and again after a failure. */
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';

/** Waits after failures in a row, ms: twice as long each time. */
const failureMs = { first: 500, most: 30_000 };

export interface RoundsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the rounds; one that is under way goes on. */
  readonly signal: AbortSignal;
  readonly round: () => Promise<void>;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #dirty = false;
  #over = false;
  #isRunning = false;
  #running: Promise<void> | undefined;
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  #failures = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Until no more is to be done for now. */
  get running(): Promise<void> | undefined {
    return this.#isRunning ? this.#running : undefined;
  }

  /** A round now, or after the one that is under way. */
  wake(): void {
    this.#dirty = true;
    if (this.#isRunning) return;
    // Known before the first round begins, which may call for the next at once.
    this.#isRunning = true;
    this.#running = this.#run();
  }

  /** A round within `ms` milliseconds. */
  wakeIn(ms: number): void {
    const { clock, signal } = this.#options;
    if (signal.aborted || this.#over) return;
    const at = clock.monotonic() + ms;
    if (this.#timer && this.#timer.at <= at && this.#timer.at > clock.monotonic()) return;
    this.#timer?.timer.cancel();
    const timer = clock.after(ms, () => {
      this.#timer = undefined;
      this.wake();
    });
    this.#timer = { at, timer };
  }

  /** No round comes after this one. */
  end(): void {
    this.#over = true;
    this.#timer?.timer.cancel();
  }

  async #run(): Promise<void> {
    const { signal, round, log } = this.#options;
    while (this.#dirty && !signal.aborted && !this.#over) {
      this.#dirty = false;
      try {
        await round();
        this.#failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        const wait = Math.min(failureMs.most, failureMs.first * 2 ** this.#failures);
        this.#failures += 1;
        log.warn('a Pod could not be brought on', { error: messageOf(error), retryMs: wait });
        this.wakeIn(wait);
      }
    }
    this.#isRunning = false;
  }
}
