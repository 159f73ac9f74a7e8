/**
 * Keeps events few. The same event again counts up; more than nine about one object that differ only in their message become one that
 * says so; an object that causes more than 25 at once is held to one every five minutes (those in between are counted).
 * Upstream: k8s.io/client-go/tools/record/events_cache.go
 */
export interface Occurrence {
  /** What tells the object from others, its uid included. */
  readonly subject: string;
  readonly fieldPath?: string | undefined;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** One event and how often it was told of. */
export interface Counted {
  /** Of one event's life: the same object each time. */
  readonly identity: object;
  readonly message: string;
  readonly count: number;
  /** ms of the first time. */
  readonly first: number;
}

interface Tally {
  readonly first: number;
  count: number;
}

interface Similar {
  readonly messages: Set<string>;
  last: number;
}

interface Allowance {
  tokens: number;
  refilled: number;
}

const mostKnown = 4096;
const fewMessages = 10;
const similarForMs = 600_000;
const burst = 25;
const refillMs = 300_000;

export class EventCorrelator {
  readonly #tallies = new Recent<Tally>();
  readonly #similar = new Recent<Similar>();
  readonly #allowances = new Recent<Allowance>();

  /** What to write; undefined where the object has caused too much. `now`: ms. */
  observe({ subject, fieldPath, type, reason, message }: Occurrence, now: number): Counted | undefined {
    const kind = [subject, type, reason].join('|');
    const combined = this.#isOneOfMany(kind, message, now);
    const tally = this.#tallies.get(combined ? kind : [kind, fieldPath, message].join('|'), () => ({ first: now, count: 0 }));
    tally.count++;
    if (!this.#mayWrite(subject, now)) return undefined;
    return { identity: tally, message: combined ? `(combined from similar events): ${message}` : message, count: tally.count, first: tally.first };
  }

  #isOneOfMany(kind: string, message: string, now: number): boolean {
    const similar = this.#similar.get(kind, () => ({ messages: new Set<string>(), last: now }));
    if (now - similar.last > similarForMs) similar.messages.clear();
    similar.last = now;
    similar.messages.add(message);
    if (similar.messages.size < fewMessages) return false;
    for (const one of similar.messages) {
      similar.messages.delete(one);
      break;
    }
    return true;
  }

  #mayWrite(subject: string, now: number): boolean {
    const allowance = this.#allowances.get(subject, () => ({ tokens: burst, refilled: now }));
    const refills = Math.floor((now - allowance.refilled) / refillMs);
    allowance.tokens = Math.min(burst, allowance.tokens + refills);
    allowance.refilled += refills * refillMs;
    if (allowance.tokens <= 0) return false;
    allowance.tokens--;
    return true;
  }
}

/** The values that were asked for last, up to a number. */
class Recent<T> {
  readonly #values = new Map<string, T>();

  get(key: string, make: () => T): T {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= mostKnown) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}
