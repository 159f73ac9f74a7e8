import type { Clock, Timer } from '../base/clock.ts';
import type { Expiring } from './event-log.ts';
import { SortedMap } from './sorted-map.ts';
import type { StoreEvent } from './store.ts';

/**
 * Remembers which keys have a time to live and asks for their removal when it is over. One timer serves them all. A key
 * that is written again has only its newest time; the removal is conditional on the revision, so a late one is harmless.
 */
export class Expirer {
  readonly #clock: Clock;
  readonly #remove: (due: Expiring) => void;
  readonly #byKey = new Map<string, Expiring>();
  readonly #byTime = new SortedMap<number, Set<Expiring>>();
  #timer: { readonly at: number; readonly timer: Timer } | undefined;

  /** @param remove is called for each key that is due; it must not throw. */
  constructor(clock: Clock, remove: (due: Expiring) => void) {
    this.#clock = clock;
    this.#remove = remove;
  }

  /** Takes note of a committed event and of the time, if any, at which its key is to go. */
  note(event: StoreEvent, expiresAt: number | undefined): void {
    const { key, modRevision } = event.entry;
    this.#forget(key);
    if (event.type === 'put' && expiresAt !== undefined) this.add({ key, revision: modRevision, at: expiresAt });
  }

  add(expiring: Expiring): void {
    this.#byKey.set(expiring.key, expiring);
    const same = this.#byTime.get(expiring.at);
    if (same) same.add(expiring);
    else this.#byTime.set(expiring.at, new Set([expiring]));
    this.#arm();
  }

  close(): void {
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    this.#byKey.clear();
  }

  #forget(key: string): void {
    const known = this.#byKey.get(key);
    if (!known) return;
    this.#byKey.delete(key);
    const same = this.#byTime.get(known.at);
    same?.delete(known);
    if (same?.size === 0) this.#byTime.delete(known.at);
  }

  #arm(): void {
    const next = this.#byTime.first()?.[0];
    if (next === undefined || (this.#timer && this.#timer.at <= next)) return;
    this.#timer?.timer.cancel();
    this.#timer = { at: next, timer: this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#fire()) };
  }

  #fire(): void {
    this.#timer = undefined;
    for (let first = this.#byTime.first(); first && first[0] <= this.#clock.now(); first = this.#byTime.first()) {
      this.#byTime.delete(first[0]);
      for (const due of first[1]) {
        this.#byKey.delete(due.key);
        this.#remove(due);
      }
    }
    this.#arm();
  }
}
