/**
 * A clock that stands still until it is moved. `advance` fires what falls due in order, letting the work that each moment causes
 * come to rest before time goes on; `settle` says when that is.
 */
import { sleepOn, type Clock, type Timer } from './clock.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

export class SteppedClock implements Clock {
  #now: number;
  readonly #start: number;
  #order = 0;
  readonly #pending = new Set<Pending>();
  readonly #settle: () => Promise<void>;

  /** `start` in ms since the epoch; `settle` resolves when nothing that was caused so far is still going on. */
  constructor(options: { readonly start?: number; readonly settle?: () => Promise<void> } = {}) {
    this.#start = options.start ?? Date.UTC(2026, 0, 1);
    this.#now = this.#start;
    this.#settle = options.settle ?? (() => new Promise((resolve) => setImmediate(resolve)));
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(ms: number, fire: () => void): Timer {
    const pending: Pending = { at: this.#now + Math.max(0, ms), order: this.#order++, fire };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return sleepOn(this, ms, options?.signal);
  }

  /** Moves time by `ms` and resolves when all that fell due, and what came of it, is done. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      for (let due: Pending | undefined = next; due; due = this.#next(this.#now)) {
        this.#pending.delete(due);
        due.fire();
      }
      await this.#settle();
    }
    this.#now = end;
  }

  #next(until: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.at > until) continue;
      if (!first || pending.at < first.at || (pending.at === first.at && pending.order < first.order)) first = pending;
    }
    return first;
  }
}
