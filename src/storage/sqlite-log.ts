import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { holds, type Expiring, type HistoryPage, type OpenedLog, type WriteOutcome } from './event-log.ts';
import { prefixEnd, sortable } from './key-order.ts';
import type { Answers, ListPage, PackedWrite, PackedWrites, Request } from './sqlite-protocol.ts';
import { number, openDatabase, pageSize } from './sqlite-schema.ts';
import { prepareStatements } from './sqlite-statements.ts';
import { CompactedError, FutureRevisionError, type Entry, type Revision, type StoreEvent } from './store.ts';

type Row = Record<string, SQLOutputValue>;

/** A page of a list holds at most this much, so that writers wait only for a page. */
const listPageEntries = 500;
const listPageBytes = 1024 * 1024;
/** How many revisions one answer of `history` covers. */
const historyPageRevisions = 500;
/** How many revisions one step of pruning covers. */
const pruneStep = 256;
/** Free pages are given back to the file system, so many at a time, while they are more than this and than half of the file. */
const freePages = 1024;
const vacuumStep = 256;

const nothing = new Uint8Array(0);
/** Sorts after every text: SQLite puts blobs last. */
const afterAllKeys = new Uint8Array([0xff]);

/** The event log in an SQLite file, synchronous: it runs in the worker thread. */
export class SqliteLog {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #sql: Readonly<Record<keyof ReturnType<typeof prepareStatements>, StatementSync>>;
  #revision: Revision;
  #compacted: Revision;
  #pruned: Revision;

  constructor(file: string, maxBytes: number | undefined) {
    this.#file = file;
    this.#database = openDatabase(file, maxBytes);
    this.#sql = prepareStatements(this.#database);
    this.#compacted = number(this.#database, "SELECT revision FROM progress WHERE name = 'compacted'");
    this.#pruned = number(this.#database, "SELECT revision FROM progress WHERE name = 'pruned'");
    // After a compaction the newest event may be gone, if it was a deletion; no compaction reaches beyond it.
    this.#revision = Math.max(1, this.#compacted, number(this.#database, 'SELECT max(revision) FROM log'));
  }

  opened(): OpenedLog {
    const expiring = this.#sql.expiring.all().map((row): Expiring => ({ key: String(row['key']), revision: Number(row['revision']), at: Number(row['expires']) }));
    return { revision: this.#revision, compacted: this.#compacted, expiring };
  }

  serve(request: Request): Answers[Request['op']] {
    switch (request.op) {
      case 'commit': return this.#commit(request);
      case 'get': return this.#get(request.key, request.revision);
      case 'list': return this.#list(request);
      case 'history': return this.#history(request.prefix, request.after, request.upTo);
      case 'compact': return this.#compact(request.revision);
      case 'size': return this.#size();
      case 'close': return void this.#database.close();
    }
  }

  /** Whether there is something left to tidy up. */
  get untidy(): boolean {
    return this.#pruned < this.#compacted || this.#isHollow();
  }

  /**
   * Does the next small step of dropping forgotten rows or, when those are gone, of giving space back to the file system.
   * Nothing waits for the disk here: what a power cut undoes is done again.
   */
  tidy(): void {
    this.#database.exec('PRAGMA synchronous = NORMAL');
    try {
      if (this.#pruned < this.#compacted) this.#prune();
      else this.#database.exec(`PRAGMA incremental_vacuum(${vacuumStep})`);
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL');
    }
  }

  /**
   * A row is forgotten when a later one up to the compacted revision replaced it, and a deletion when it is itself not
   * later than that: so it is enough to walk the new part of the log, never the old rows.
   */
  #prune(): void {
    const end = Math.min(this.#pruned + pruneStep, this.#compacted);
    this.#transaction(() => {
      this.#sql.pruneReplaced.run(this.#pruned, end);
      this.#sql.pruneDeleted.run(this.#pruned, end);
      this.#sql.setProgress.run(end, 'pruned');
    });
    this.#pruned = end;
  }

  /** Free pages are kept for new rows as long as they are few. */
  #isHollow(): boolean {
    const free = number(this.#database, 'PRAGMA freelist_count');
    return free > freePages && free > number(this.#database, 'PRAGMA page_count') / 2;
  }

  #commit({ writes, bytes }: PackedWrites): readonly WriteOutcome[] {
    const before = this.#revision;
    let offset = 0;
    try {
      return this.#transaction(() => writes.map((write) => {
        const value = new Uint8Array(bytes, offset, write.length);
        offset += write.length;
        return this.#decide(write, value);
      }));
    } catch (error) {
      this.#revision = before;
      throw error;
    }
  }

  #decide(write: PackedWrite, value: Uint8Array): WriteOutcome {
    const found = this.#read(write.key, this.#revision);
    if (!holds(write, found?.modRevision)) return { revision: undefined, found };
    const revision = this.#revision + 1;
    this.#sql.append.run(
      revision, write.key, found?.createRevision ?? revision, found?.modRevision ?? 0,
      write.kind === 'remove' ? 1 : 0, write.expiresAt ?? null, value.byteLength > 0 ? value : null,
    );
    this.#revision = revision;
    return { revision, found };
  }

  #get(key: string, revision: Revision | undefined): Answers['get'] {
    const at = this.#readable(revision);
    return { entry: this.#read(key, at), revision: at };
  }

  /** What the key held at a revision. */
  #read(key: string, revision: Revision): Entry | undefined {
    const newest = this.#sql.newest.get(key, revision);
    return newest && newest['deleted'] === 0 ? this.#entry(key, Number(newest['revision'])) : undefined;
  }

  #entry(key: string, revision: Revision): Entry {
    const row = this.#sql.row.get(revision);
    if (!row) throw new Error(`the index names revision ${revision} of ${key}, which is not there`);
    return { key, value: bytesOf(row['value']), createRevision: Number(row['created']), modRevision: revision };
  }

  #list({ prefix, after, revision, limit }: Extract<Request, { op: 'list' }>): ListPage {
    const at = this.#readable(revision);
    const end = prefixEnd(prefix) ?? afterAllKeys;
    const start = after !== undefined && sortable(after) > sortable(prefix) ? after : prefix;
    const entries: Entry[] = [];
    let size = 0;
    let last = start;
    let more = false;
    for (const row of this.#sql.keys.iterate(start, end, at)) {
      if (entries.length >= limit) break;
      more = entries.length >= listPageEntries || size >= listPageBytes;
      if (more) break;
      last = String(row['key']);
      if (row['deleted'] !== 0 || last === after) continue;
      const entry = this.#entry(last, Number(row['revision']));
      entries.push(entry);
      size += entry.value.byteLength;
    }
    const counted = !more && entries.length >= limit;
    return { entries, revision: at, more, remaining: counted ? this.#countBeyond(last, end, at, entries.length > 0) : 0 };
  }

  /** How many keys there are in the rest of a range; `taken` tells that the first one is already in the answer. */
  #countBeyond(start: string, end: string | Uint8Array, at: Revision, taken: boolean): number {
    return Number(this.#sql.count.get(start, end, at)?.['count'] ?? 0) - (taken ? 1 : 0);
  }

  #history(prefix: string, after: Revision, upTo: Revision): HistoryPage {
    if (after < this.#compacted) throw new CompactedError(after, this.#compacted);
    const through = Math.min(upTo, after + historyPageRevisions);
    const rows = this.#sql.history.all(after, through, prefix, prefixEnd(prefix) ?? afterAllKeys);
    return { events: rows.map(eventOfRow), through };
  }

  #compact(revision: Revision): undefined {
    if (revision <= this.#compacted) return;
    this.#sql.setProgress.run(revision, 'compacted');
    this.#compacted = revision;
  }

  #size(): number {
    const wal = statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    return number(this.#database, 'PRAGMA page_count') * pageSize + wal;
  }

  #readable(revision: Revision = this.#revision): Revision {
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    if (revision < this.#compacted) throw new CompactedError(revision, this.#compacted);
    return revision;
  }

  /** Runs `body` and commits; undoes everything when either fails. */
  #transaction<T>(body: () => T): T {
    this.#sql.begin.run();
    try {
      const result = body();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      // SQLite has already rolled back after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : nothing;
}

function eventOfRow(row: Row): StoreEvent {
  const key = String(row['key']);
  const createRevision = Number(row['created']);
  const modRevision = Number(row['revision']);
  const replaced = Number(row['previous']);
  const previous = replaced === 0 ? undefined : { key, value: bytesOf(row['previousValue']), createRevision, modRevision: replaced };
  if (row['deleted'] !== 0 && previous) return { type: 'delete', entry: { ...previous, modRevision }, previous };
  return { type: 'put', entry: { key, value: bytesOf(row['value']), createRevision, modRevision }, previous };
}
