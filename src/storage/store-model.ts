import type { Revision } from './store.ts';

/** What a key held from `revision` on; `value` undefined when it was deleted. */
interface Held {
  readonly revision: Revision;
  readonly created: Revision;
  readonly value: string | undefined;
}

export interface ModelEntry {
  readonly key: string;
  readonly value: string;
  readonly created: Revision;
  readonly revision: Revision;
}

export interface ModelEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: Revision;
  /** The last value, for a deletion. */
  readonly value: string;
  readonly previous: Revision | undefined;
}

/** The store's contract in its simplest form, to compare real stores with: keeps everything for ever, finds by looking at all. */
export class StoreModel {
  readonly events: ModelEvent[] = [];
  readonly #history = new Map<string, Held[]>();
  revision: Revision = 1;
  compacted: Revision = 0;

  get(key: string, revision: Revision = this.revision): ModelEntry | undefined {
    const held = this.#history.get(key)?.findLast((each) => each.revision <= revision);
    return held?.value === undefined ? undefined : { key, value: held.value, created: held.created, revision: held.revision };
  }

  list(prefix: string, revision: Revision = this.revision): ModelEntry[] {
    const keys = [...this.#history.keys()].filter((key) => key.startsWith(prefix));
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return keys.flatMap((key) => this.get(key, revision) ?? []);
  }

  /** Writes (or deletes, without a value) where the key is at `expected` (0: absent); tells whether it did. */
  write(key: string, value: string | undefined, expected: Revision): boolean {
    const now = this.get(key);
    if ((now?.revision ?? 0) !== expected || (!now && value === undefined)) return false;
    this.revision += 1;
    const held: Held = { revision: this.revision, created: now?.created ?? this.revision, value };
    const before = this.#history.get(key);
    if (before) before.push(held);
    else this.#history.set(key, [held]);
    const type = value === undefined ? 'delete' : 'put';
    this.events.push({ type, key, revision: this.revision, value: value ?? now?.value ?? '', previous: now?.revision });
    return true;
  }
}
