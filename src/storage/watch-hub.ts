import type { Revision, StoreEvent } from './store.ts';

/** Hands each committed batch to whoever watches. Knows only what is published from now on, not the past. */
export class WatchHub {
  readonly #subscriptions = new Set<Subscription>();
  #revision: Revision;

  constructor(revision: Revision) {
    this.#revision = revision;
  }

  /** The revision of the last published event. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Publishes the events of one commit, in revision order, to all subscriptions. */
  publish(events: readonly StoreEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    this.#revision = last.entry.modRevision;
    for (const subscription of this.#subscriptions) subscription.offer(events);
  }

  /** Everything published from this call on that is under `prefix` and later than `after`. */
  subscribe(prefix: string, after: Revision, signal: AbortSignal): Subscription {
    const subscription = new Subscription(prefix, after, signal, () => this.#subscriptions.delete(subscription));
    if (!signal.aborted) this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Ends every subscription once its reader has taken what is queued. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription.end();
    this.#subscriptions.clear();
  }
}

/** One watcher's queue of batches. Meant for a single reader that takes one batch after the other. */
export class Subscription {
  readonly #prefix: string;
  readonly #after: Revision;
  readonly #signal: AbortSignal;
  readonly #unsubscribe: () => void;
  readonly #onAbort = (): void => this.close();
  #queue: (readonly StoreEvent[])[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(prefix: string, after: Revision, signal: AbortSignal, unsubscribe: () => void) {
    this.#prefix = prefix;
    this.#after = after;
    this.#signal = signal;
    this.#unsubscribe = unsubscribe;
    if (signal.aborted) this.#ended = true;
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get ended(): boolean {
    return this.#ended;
  }

  offer(events: readonly StoreEvent[]): void {
    const wanted = events.filter((event) => event.entry.modRevision > this.#after && event.entry.key.startsWith(this.#prefix));
    if (wanted.length === 0) return;
    this.#queue.push(wanted);
    this.#wake?.();
  }

  /** The next batch; undefined when the subscription has ended. */
  async next(): Promise<readonly StoreEvent[] | undefined> {
    for (;;) {
      const batch = this.#queue.shift();
      if (batch || this.#ended) return batch;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** No more batches will be offered; those queued can still be taken. */
  end(): void {
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#wake?.();
  }

  /** Ends at once and drops what is queued. */
  close(): void {
    this.#unsubscribe();
    this.#queue = [];
    this.end();
  }
}
