import { eventOf, holds, type EventLog, type HistoryPage, type OpenedLog, type Write, type WriteOutcome } from './event-log.ts';
import { sortable } from './key-order.ts';
import { SortedMap } from './sorted-map.ts';
import {
  CompactedError, FutureRevisionError,
  type Entry, type ListOptions, type ListResult, type Revision, type StoreEvent,
} from './store.ts';

/** One event of one key, linked to the event before it of the same key. */
interface Version {
  readonly entry: Entry;
  readonly deleted: boolean;
  /** Undefined for the key's first event, and once the past before this version is compacted away. */
  older: Version | undefined;
}

/** A fresh store is at revision 1, so the first write has revision 2. */
const freshRevision = 1;

/** An event log on the heap: the versions in revision order, and for each key (in key order) its newest version. */
export class MemoryLog implements EventLog {
  readonly opened: OpenedLog = { revision: freshRevision, compacted: 0, expiring: [] };
  readonly #newest = new SortedMap<string, Version>();
  /** The version of revision `#compacted + 1 + i` (or `freshRevision + 1 + i`, before any compaction) is at index i. */
  #versions: Version[] = [];
  #revision: Revision = freshRevision;
  #compacted: Revision = 0;
  #bytes = 0;

  async commit(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    return writes.map((write) => this.#decide(write));
  }

  async get(key: string, revision: Revision | undefined): ReturnType<EventLog['get']> {
    const at = this.#readable(revision);
    return { entry: live(asOf(this.#newest.get(sortable(key)), at)), revision: at };
  }

  async list(prefix: string, { revision, limit = Infinity, after }: ListOptions): Promise<ListResult> {
    const at = this.#readable(revision);
    const start = sortable(prefix);
    const beyond = after === undefined ? undefined : sortable(after);
    const entries: Entry[] = [];
    let remaining = 0;
    for (const [key, newest] of this.#newest.entries(beyond !== undefined && beyond > start ? beyond : start)) {
      if (!key.startsWith(start)) break;
      const entry = key === beyond ? undefined : live(asOf(newest, at));
      if (!entry) continue;
      if (entries.length < limit) entries.push(entry);
      else remaining += 1;
    }
    return { entries, revision: at, remaining };
  }

  async history(prefix: string, after: Revision, upTo: Revision): Promise<HistoryPage> {
    if (after < this.#compacted) throw new CompactedError(after, this.#compacted);
    const first = this.#firstKept();
    const events = this.#versions
      .slice(Math.max(0, after + 1 - first), Math.max(0, upTo + 1 - first))
      .filter((version) => version.entry.key.startsWith(prefix))
      .map(toEvent);
    return { events, through: upTo };
  }

  async compact(revision: Revision): Promise<void> {
    if (revision <= this.#compacted) return;
    const dropped = this.#versions.splice(0, Math.max(0, revision + 1 - this.#firstKept()));
    this.#compacted = revision;
    for (const version of dropped) {
      if (version.older) this.#bytes -= footprint(version.older);
      version.older = undefined;
      const key = sortable(version.entry.key);
      if (!version.deleted) continue;
      if (this.#newest.get(key) === version) {
        this.#newest.delete(key);
        this.#bytes -= footprint(version);
      }
    }
  }

  async size(): Promise<number> {
    return this.#bytes;
  }

  async close(): Promise<void> {
    this.#versions = [];
  }

  #decide(write: Write): WriteOutcome {
    const key = sortable(write.key);
    const older = this.#newest.get(key);
    const found = live(older);
    if (!holds(write, found?.modRevision)) return { revision: undefined, found };
    this.#revision += 1;
    const { type, entry } = eventOf(write, this.#revision, found);
    const version: Version = { entry, deleted: type === 'delete', older };
    this.#newest.set(key, version);
    this.#versions.push(version);
    this.#bytes += footprint(version);
    return { revision: this.#revision, found };
  }

  #firstKept(): Revision {
    return Math.max(this.#compacted, freshRevision) + 1;
  }

  #readable(revision: Revision = this.#revision): Revision {
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    if (revision < this.#compacted) throw new CompactedError(revision, this.#compacted);
    return revision;
  }
}

function asOf(version: Version | undefined, revision: Revision): Version | undefined {
  let at = version;
  while (at && at.entry.modRevision > revision) at = at.older;
  return at;
}

function live(version: Version | undefined): Entry | undefined {
  return version && !version.deleted ? version.entry : undefined;
}

function toEvent(version: Version): StoreEvent {
  const previous = live(version.older);
  if (!version.deleted) return { type: 'put', entry: version.entry, previous };
  if (!previous) throw new Error(`the deletion of ${version.entry.key} has nothing before it`);
  return { type: 'delete', entry: version.entry, previous };
}

/** About what a version costs beyond its value (which a deletion shares with the version before it). */
function footprint({ entry, deleted }: Version): number {
  return 200 + entry.key.length + (deleted ? 0 : entry.value.byteLength);
}
