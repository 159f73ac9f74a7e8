import type { Clock, Timer } from '../base/clock.ts';
import type { Revision } from './store.ts';

/** How much of the past a store keeps: whichever limit is reached first. Infinity is no limit. */
export interface HistoryLimits {
  /** About this many events (a tenth more before the oldest are dropped). */
  readonly revisions: number;
  /** At least this long, in milliseconds, unless `revisions` cuts it short; at most a fifth longer while writes go on. */
  readonly age: number;
}

/** Five minutes is what API clients are used to: upstream compacts etcd at that interval. */
export const fiveMinutes = 5 * 60_000;

/** A moment and the revision the store had reached by then. */
interface Mark {
  readonly at: number;
  readonly revision: Revision;
}

/**
 * Decides when a store forgets. While writes come in it sets a mark every fifth of the allowed age; when a mark is old
 * enough, everything up to its revision goes. A store at rest has no timer running.
 *
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go
 */
export class Compactor {
  readonly #clock: Clock;
  readonly #limits: HistoryLimits;
  readonly #compact: (revision: Revision) => void;
  readonly #marks: Mark[] = [];
  #latest: Revision;
  #compacted: Revision;
  #timer: Timer | undefined;

  /** @param compact starts a compaction; it must not throw. */
  constructor(options: {
    readonly clock: Clock;
    readonly limits: HistoryLimits;
    readonly revision: Revision;
    readonly compacted: Revision;
    readonly compact: (revision: Revision) => void;
  }) {
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#compact = options.compact;
    this.#latest = options.revision;
    this.#compacted = options.compacted;
    if (this.#latest > Math.max(1, this.#compacted)) this.#mark();
  }

  /** A commit has brought the store to this revision. */
  committed(revision: Revision): void {
    this.#latest = revision;
    const last = this.#marks.at(-1);
    if (!last || this.#clock.monotonic() - last.at >= this.#limits.age / 5) this.#mark();
    if (revision - this.#compacted > this.#limits.revisions * 1.1) this.#upTo(revision - this.#limits.revisions);
  }

  /** The store was compacted by someone else's wish. */
  compacted(revision: Revision): void {
    this.#compacted = Math.max(this.#compacted, revision);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#marks.length = 0;
  }

  #mark(): void {
    if (this.#limits.age === Infinity) return;
    this.#marks.push({ at: this.#clock.monotonic(), revision: this.#latest });
    this.#arm();
  }

  #arm(): void {
    const oldest = this.#marks[0];
    if (!oldest || this.#timer) return;
    const wait = oldest.at + this.#limits.age - this.#clock.monotonic();
    this.#timer = this.#clock.after(Math.max(0, wait), () => {
      this.#timer = undefined;
      this.#dropOld();
    });
  }

  #dropOld(): void {
    const now = this.#clock.monotonic();
    let due: Mark | undefined;
    while (this.#marks[0] && this.#marks[0].at + this.#limits.age <= now) due = this.#marks.shift();
    if (due) this.#upTo(due.revision);
    if (this.#marks.length === 0 && this.#latest > this.#compacted) this.#mark();
    else this.#arm();
  }

  #upTo(revision: Revision): void {
    if (revision <= this.#compacted) return;
    this.#compacted = revision;
    this.#compact(revision);
  }
}
