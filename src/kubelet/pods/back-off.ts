/**
 * Growing delays by key: 10 s at first, doubled at each use up to 5 min, forgotten after twice the longest delay without use.
 * Times are milliseconds since the epoch.
 * Upstream: k8s.io/client-go/util/flowcontrol/backoff.go
 */
export interface BackOffOptions {
  readonly initialMs?: number | undefined;
  readonly maxMs?: number | undefined;
}

interface Entry {
  delay: number;
  usedAt: number;
}

export class BackOff {
  readonly #entries = new Map<string, Entry>();
  readonly #initial: number;
  readonly #max: number;

  constructor(options: BackOffOptions = {}) {
    this.#initial = options.initialMs ?? 10_000;
    this.#max = options.maxMs ?? 300_000;
  }

  /** The delay in force for the key; 0 where there is none. */
  delay(key: string): number {
    return this.#entries.get(key)?.delay ?? 0;
  }

  /** How long after `since` (the failure) to wait still; 0 when it is time. */
  remaining(key: string, since: number, now: number): number {
    const entry = this.#entries.get(key);
    if (!entry || this.#isOld(entry, since)) return 0;
    return Math.max(0, since + entry.delay - now);
  }

  /** Another try is made now, after a failure at `since`: the next one waits longer. */
  next(key: string, since: number, now: number): void {
    const entry = this.#entries.get(key);
    if (!entry || this.#isOld(entry, since)) this.#entries.set(key, { delay: this.#initial, usedAt: now });
    else this.#entries.set(key, { delay: Math.min(entry.delay * 2, this.#max), usedAt: now });
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  forgetPrefix(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #isOld(entry: Entry, since: number): boolean {
    return since - entry.usedAt > 2 * this.#max;
  }
}

/** Seconds and minutes as Go prints durations: '10s', '1m20s', '5m0s'. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds % 60}s`;
}
