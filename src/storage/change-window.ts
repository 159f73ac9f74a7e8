/** The recent changes of one resource, oldest first: watches that begin in the past are served from them. */
import type { Change } from './cache-watcher.ts';
import type { Revision } from './store.ts';

export interface CacheLimits {
  /** Events kept for watches that begin in the past: at least `minWindow`, at most `maxWindow`, and beyond the minimum no older than `windowMs`. */
  readonly minWindow: number;
  readonly maxWindow: number;
  /** What the states in the window may weigh together beyond `minWindow` of them: bytes. */
  readonly maxWindowBytes: number;
  readonly windowMs: number;
  readonly maxPending: number;
  /** How long a past change keeps what was made of it (parsed objects, frames): by then watchers have been told. */
  readonly warmMs: number;
}

export const defaultLimits: CacheLimits = { minWindow: 100, maxWindow: 20_000, maxWindowBytes: 24 * 1024 * 1024, windowMs: 75_000, maxPending: 20_000, warmMs: 10_000 };

export class ChangeWindow {
  readonly #limits: CacheLimits;
  #changes: Change[] = [];
  #bytes = 0;
  /** The revision of the newest change that is no longer here. */
  #forgotten: Revision;
  /** Changes up to this revision keep only their bytes. */
  #cooled: Revision;

  /** Begins empty: what came up to `revision` is not known. */
  constructor(revision: Revision, limits: CacheLimits) {
    this.#forgotten = revision;
    this.#cooled = revision;
    this.#limits = limits;
  }

  get forgotten(): Revision {
    return this.#forgotten;
  }

  push(change: Change): void {
    this.#changes.push(change);
    this.#bytes += change.object.bytes.length;
  }

  /** What came after a revision, which must not be older than `forgotten`. */
  *after(revision: Revision): Iterable<Change> {
    for (let i = this.#firstAfter(revision); i < this.#changes.length; i++) yield this.#changes[i] as Change;
  }

  /** Drops changes that are out of the limits. */
  trim(time: number): void {
    const { minWindow, maxWindow, maxWindowBytes, windowMs } = this.#limits;
    const changes = this.#changes;
    const most = changes.length - minWindow;
    const least = changes.length - maxWindow;
    let drop = 0;
    let bytes = this.#bytes;
    while (drop < least || (drop < most && (bytes > maxWindowBytes || (changes[drop] as Change).time < time - windowMs))) {
      bytes -= (changes[drop] as Change).object.bytes.length;
      drop++;
    }
    if (drop === 0 || (drop < 256 && drop < most)) return;
    this.#forgotten = (changes[drop - 1] as Change).revision;
    this.#changes = changes.slice(drop);
    this.#bytes = bytes;
  }

  /** Does what time alone makes due: drops old changes, and of past states all but their bytes. True when more will become due. */
  tidy(time: number, isCurrent: (change: Change) => boolean): boolean {
    this.trim(time);
    const { minWindow, warmMs } = this.#limits;
    for (const change of this.after(this.#cooled)) {
      if (change.time > time - warmMs) return true;
      change.previous?.forgetParsed();
      if (!isCurrent(change)) change.object.forgetParsed();
      change.events = {};
      this.#cooled = change.revision;
    }
    return this.#changes.length > minWindow;
  }

  #firstAfter(revision: Revision): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle] as Change).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
