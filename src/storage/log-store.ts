import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { Compactor, type HistoryLimits } from './compactor.ts';
import { eventOf, type EventLog, type Expiring, type Write, type WriteOutcome } from './event-log.ts';
import { Expirer } from './expirer.ts';
import {
  FutureRevisionError, StoreClosedError,
  type ListOptions, type ListResult, type Revision, type Store, type StoreEvent, type WriteOptions, type WriteResult,
} from './store.ts';
import { WatchHub, type Subscription } from './watch-hub.ts';

export interface LogStoreOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly history: HistoryLimits;
}

interface Pending {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/** One commit holds at most this much, so that the first writer in a flood does not wait for the last. */
const batchWrites = 1024;
const batchBytes = 16 * 1024 * 1024;

/**
 * The half of a store that all logs share: it gathers writes into batches, publishes what was committed (first to the
 * watchers, then to the writers themselves), and lets keys expire and history be forgotten.
 */
export class LogStore implements Store {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hub: WatchHub;
  readonly #expirer: Expirer;
  readonly #compactor: Compactor;
  readonly #queue: Pending[] = [];
  /** The running loop of commits, until the queue is empty. */
  #committing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ log, clock, logger, history }: LogStoreOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    const { revision, compacted, expiring } = log.opened;
    this.#hub = new WatchHub(revision);
    this.#expirer = new Expirer(clock, (due) => this.#expire(due));
    this.#compactor = new Compactor({ clock, limits: history, revision, compacted, compact: (upTo) => this.#forget(upTo) });
    for (const each of expiring) this.#expirer.add(each);
  }

  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<WriteResult> {
    return this.#write({ kind: 'create', key, value, expiresAt: this.#expiry(options) });
  }

  update(key: string, value: Uint8Array, expected: Revision, options?: WriteOptions): Promise<WriteResult> {
    return this.#write({ kind: 'update', key, value, expected, expiresAt: this.#expiry(options) });
  }

  remove(key: string, expected: Revision): Promise<WriteResult> {
    return this.#write({ kind: 'remove', key, expected });
  }

  async get(key: string, options?: { readonly revision?: Revision }): ReturnType<Store['get']> {
    this.#refuseWhenClosed();
    return this.#log.get(key, options?.revision);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    this.#refuseWhenClosed();
    return this.#log.list(prefix, options);
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<readonly StoreEvent[]> {
    this.#refuseWhenClosed();
    // Subscribing comes first, reading the past second: what is committed in between waits in the subscription.
    return {
      [Symbol.asyncIterator]: () => {
        const past = this.#hub.revision;
        return this.#follow(prefix, after, past, this.#hub.subscribe(prefix, Math.max(after, past), signal));
      },
    };
  }

  async revision(): Promise<Revision> {
    this.#refuseWhenClosed();
    return this.#hub.revision;
  }

  async compact(revision: Revision): Promise<void> {
    this.#refuseWhenClosed();
    if (revision > this.#hub.revision) throw new FutureRevisionError(revision, this.#hub.revision);
    await this.#log.compact(revision);
    this.#compactor.compacted(revision);
  }

  async size(): Promise<number> {
    this.#refuseWhenClosed();
    return this.#log.size();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#expirer.close();
    this.#compactor.close();
    await this.#committing;
    this.#hub.close();
    await this.#log.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw new StoreClosedError();
  }

  #expiry(options: WriteOptions | undefined): number | undefined {
    return options?.ttlSeconds === undefined ? undefined : this.#clock.now() + options.ttlSeconds * 1000;
  }

  #write(write: Write): Promise<WriteResult> {
    if (this.#closing) return Promise.reject(new StoreClosedError());
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, resolve, reject });
      this.#committing ??= this.#commitAll();
    });
  }

  /** Commits until nothing is queued. Never rejects: each failure goes to the writers of its batch. */
  async #commitAll(): Promise<void> {
    await Promise.resolve(); // lets the rest of this turn's writes join the first batch
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      try {
        this.#publish(batch, await this.#log.commit(batch.map((pending) => pending.write)));
      } catch (error) {
        for (const pending of batch) pending.reject(error);
      }
    }
    this.#committing = undefined;
  }

  #nextBatch(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const { write } of this.#queue) {
      bytes += write.kind === 'remove' ? 0 : write.value.byteLength;
      if (count === batchWrites || (count > 0 && bytes > batchBytes)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #publish(batch: readonly Pending[], outcomes: readonly WriteOutcome[]): void {
    const events: StoreEvent[] = [];
    for (const [index, { write }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome?.revision === undefined) continue;
      const event = eventOf(write, outcome.revision, outcome.found);
      events.push(event);
      this.#expirer.note(event, write.kind === 'remove' ? undefined : write.expiresAt);
    }
    this.#hub.publish(events);
    for (const [index, pending] of batch.entries()) {
      const { revision, found } = outcomes[index] ?? { revision: undefined, found: undefined };
      pending.resolve(revision === undefined ? { ok: false, current: found } : { ok: true, revision, previous: found });
    }
    if (events.length > 0 && !this.#closing) this.#compactor.committed(this.#hub.revision);
  }

  async *#follow(prefix: string, after: Revision, past: Revision, live: Subscription): AsyncGenerator<readonly StoreEvent[], void, undefined> {
    try {
      for (let position = after; position < past && !live.ended; ) {
        const page = await this.#log.history(prefix, position, past);
        position = page.through;
        if (page.events.length > 0 && !live.ended) yield page.events;
      }
      for (let batch = await live.next(); batch; batch = await live.next()) yield batch;
    } catch (error) {
      if (!this.#closing) throw error;
    } finally {
      live.close();
    }
  }

  #expire(due: Expiring): void {
    this.remove(due.key, due.revision).catch((error: unknown) => {
      if (error instanceof StoreClosedError) return;
      this.#logger.warn('could not remove an expired key; trying again in a minute', { key: due.key, error: messageOf(error) });
      if (!this.#closing) this.#expirer.add({ ...due, at: this.#clock.now() + 60_000 });
    });
  }

  #forget(revision: Revision): void {
    if (this.#closing) return;
    this.#log.compact(revision).catch((error: unknown) => {
      if (!(error instanceof StoreClosedError)) this.#logger.warn('could not compact the store', { revision, error: messageOf(error) });
    });
  }
}
