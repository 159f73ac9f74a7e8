import { Worker } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import type { EventLog, HistoryPage, OpenedLog, Write, WriteOutcome } from './event-log.ts';
import { pack, toError, type Answers, type Greeting, type ListPage, type Numbered, type Reply, type Request, type WorkerOptions } from './sqlite-protocol.ts';
import { CompactedError, StorageError, type Entry, type ListOptions, type ListResult, type Revision } from './store.ts';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The event log in a worker thread, seen from the main thread: each call is one message there and one back. */
export class SqliteConnection implements EventLog {
  readonly opened: OpenedLog;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #nextId = 1;
  #failure: StorageError | undefined;

  private constructor(worker: Worker, opened: OpenedLog, file: string) {
    this.opened = opened;
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(`the storage thread of ${file} has crashed: restart this program (${messageOf(error)})`));
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(`the storage thread of ${file} has ended`);
        resolve();
      });
    });
  }

  /** Starts the worker and waits until it has opened the file. Throws StorageError. */
  static async open(workerUrl: URL, options: WorkerOptions): Promise<SqliteConnection> {
    // The thread's own heap holds little: values live outside of it, and SQLite's cache as well.
    const worker = new Worker(workerUrl, { workerData: options, name: 'storage', resourceLimits: { maxYoungGenerationSizeMb: 8 } });
    const greeting = await new Promise<Greeting>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(new StorageError(`the storage thread of ${options.file} did not start: ${messageOf(error)}`, { cause: error })));
    });
    worker.removeAllListeners('error');
    if ('opened' in greeting) return new SqliteConnection(worker, greeting.opened, options.file);
    await worker.terminate();
    throw toError(greeting.failed);
  }

  commit(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    const packed = pack(writes);
    return this.#ask({ op: 'commit', ...packed }, [packed.bytes]);
  }

  get(key: string, revision: Revision | undefined): Promise<{ readonly entry: Entry | undefined; readonly revision: Revision }> {
    return this.#ask({ op: 'get', key, revision });
  }

  async list(prefix: string, options: ListOptions): Promise<ListResult> {
    for (;;) {
      try {
        return await this.#listPages(prefix, options);
      } catch (error) {
        // Only a list of "now" can be overtaken by a compaction without the reader's doing: it takes a newer now.
        if (!(error instanceof CompactedError) || options.revision !== undefined) throw error;
      }
    }
  }

  history(prefix: string, after: Revision, upTo: Revision): Promise<HistoryPage> {
    return this.#ask({ op: 'history', prefix, after, upTo });
  }

  compact(revision: Revision): Promise<void> {
    return this.#ask({ op: 'compact', revision });
  }

  size(): Promise<number> {
    return this.#ask({ op: 'size' });
  }

  async close(): Promise<void> {
    if (!this.#failure) await this.#ask({ op: 'close' });
    await this.#exited;
  }

  async #listPages(prefix: string, { revision, limit = Infinity, after }: ListOptions): Promise<ListResult> {
    const entries: Entry[] = [];
    let page: ListPage | undefined;
    do {
      page = await this.#ask({
        op: 'list', prefix, revision: revision ?? page?.revision, after: entries.at(-1)?.key ?? after, limit: limit - entries.length,
      });
      for (const entry of page.entries) entries.push(entry);
    } while (page.more);
    return { entries, revision: page.revision, remaining: page.remaining };
  }

  #ask<R extends Request>(request: R, transfer: ArrayBuffer[] = []): Promise<Answers[R['op']]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request } satisfies Numbered, transfer);
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('failed' in reply) waiting?.reject(toError(reply.failed));
    else waiting?.resolve(reply.answer as never);
  }

  #fail(message: string): void {
    this.#failure ??= new StorageError(message);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}
