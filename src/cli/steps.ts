/** Shows what a command does while it does it: one line a step, with the time that it took. */
import type { Clock } from '../base/clock.ts';

export interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export class Steps {
  readonly #out: Output;
  readonly #clock: Clock;
  readonly #started: number;

  constructor(out: Output, clock: Clock) {
    this.#out = out;
    this.#clock = clock;
    this.#started = clock.monotonic();
  }

  /** Runs one step. Its line says `doing` while it runs (on a terminal), then what `done` makes of the result, or `doing` again. */
  async run<T>(doing: string, work: () => Promise<T>, done: (result: T) => string = () => doing): Promise<T> {
    const began = this.#clock.monotonic();
    if (this.#out.isTTY) this.#out.write(`  … ${doing}`);
    try {
      const result = await work();
      this.#line('✓', done(result), this.#clock.monotonic() - began);
      return result;
    } catch (error) {
      this.#line('✗', doing, this.#clock.monotonic() - began);
      throw error;
    }
  }

  /** Seconds since the first step. */
  elapsed(): string {
    return seconds(this.#clock.monotonic() - this.#started);
  }

  #line(mark: string, text: string, ms: number): void {
    this.#out.write(`${this.#out.isTTY ? '\r\x1b[K' : ''}  ${mark} ${text.padEnd(56)} ${seconds(ms).padStart(7)}\n`);
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
