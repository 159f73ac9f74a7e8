import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLogger } from '../base/log.ts';
import { ManualClock } from './manual-clock.ts';
import { createMemoryStore } from './memory-store.ts';
import { createSqliteStore } from './sqlite-store.ts';
import { StoreModel, type ModelEntry } from './store-model.ts';
import { CompactedError, type Entry, type Store, type StoreEvent, type WriteResult } from './store.ts';

/** The seed of the run; a failure is run again with K8TS_SEED. */
const seed = Number(process.env['K8TS_SEED'] ?? 20);
const history = { revisions: Infinity, age: Infinity };

/** Numbers in [0, below), the same for the same seed (mulberry32). */
function randomNumbers(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const decode = (value: Uint8Array): string => Buffer.from(value).toString();
const flat = (entry: Entry | undefined): ModelEntry | undefined =>
  entry && { key: entry.key, value: decode(entry.value), created: entry.createRevision, revision: entry.modRevision };

/** Random operations on a store and on the model of it, compared after every step. */
class Comparison {
  readonly #store: Store;
  readonly #random: (below: number) => number;
  readonly #model = new StoreModel();
  readonly #keys: readonly string[];
  readonly #prefixes = ['', '/', '/a/', '/b/', '/b/c/', '/b/c/1', '/none/'];
  readonly #stop = new AbortController();
  readonly #seen: StoreEvent[] = [];
  readonly #watching: Promise<void>;

  constructor(store: Store) {
    this.#store = store;
    this.#random = randomNumbers(seed);
    this.#keys = ['/a/', '/b/', '/b/c/'].flatMap((folder) => Array.from({ length: 60 }, (_, i) => `${folder}${i}${i % 7 === 0 ? '\u{1f680}' : ''}`));
    this.#watching = (async () => {
      for await (const batch of store.watch('', 0, this.#stop.signal)) this.#seen.push(...batch);
    })();
  }

  async run(operations: number): Promise<void> {
    for (let left = operations; left > 0; ) {
      const turn = Math.min(left, 1 + this.#random(this.#random(4) === 0 ? 200 : 60));
      await this.#writes(turn);
      await this.#reads();
      if (this.#random(20) === 0) await this.#compact();
      if (this.#random(20) === 0) await this.#watchFromThePast();
      left -= turn;
    }
    this.#compareEvents(this.#seen, 1, '');
    this.#stop.abort();
    await this.#watching;
  }

  /** Writes of one turn: the store must decide them in this order, as the model does. */
  async #writes(count: number): Promise<void> {
    const expected: (() => void)[] = [];
    const results: Promise<WriteResult>[] = [];
    let answers: readonly WriteResult[] = [];
    for (let i = 0; i < count; i += 1) {
      const key = this.#pick(this.#keys);
      const before = this.#model.get(key);
      const ok = this.#write(key, before?.revision, results);
      const { revision } = this.#model;
      expected.push(() => {
        const answer = answers[i];
        assert.equal(answer?.ok, ok);
        if (!answer) return;
        assert.deepEqual(flat(answer.ok ? answer.previous : answer.current), before);
        if (answer.ok) assert.equal(answer.revision, revision);
      });
    }
    answers = await Promise.all(results);
    for (const check of expected) check();
    assert.equal(await this.#store.revision(), this.#model.revision);
  }

  #write(key: string, current: number | undefined, results: Promise<WriteResult>[]): boolean {
    const value = `value ${this.#random(1e9)}`;
    const wrong = this.#random(8) === 0 ? 1 + this.#random(3) : 0;
    const at = (current ?? 0) + wrong;
    switch (current === undefined ? this.#random(10) : 4 + this.#random(10)) {
      case 0: case 1: case 2: case 3: case 4: case 5:
        results.push(this.#store.create(key, Buffer.from(value)));
        return this.#model.write(key, value, 0);
      case 6: case 7: case 8:
        results.push(this.#store.remove(key, at));
        return this.#model.write(key, undefined, at);
      default:
        results.push(this.#store.update(key, Buffer.from(value), at));
        return at > 0 && this.#model.write(key, value, at);
    }
  }

  async #reads(): Promise<void> {
    const now = this.#model.revision;
    const revision = this.#random(2) === 0 ? now : this.#model.compacted + this.#random(now - this.#model.compacted + 1);
    const key = this.#pick(this.#keys);
    const read = await this.#store.get(key, { revision });
    assert.deepEqual(flat(read.entry), this.#model.get(key, revision));
    assert.equal(read.revision, revision);
    const limit = this.#random(3) === 0 ? 1 + this.#random(50) : Infinity;
    const after = this.#random(3) === 0 ? this.#pick(this.#keys) : '';
    const prefix = this.#pick(this.#prefixes);
    const list = await this.#store.list(prefix, { revision, limit, after });
    const expected = this.#model.list(prefix, revision).filter((entry) => Buffer.compare(Buffer.from(entry.key), Buffer.from(after)) > 0);
    assert.deepEqual(list.entries.map(flat), expected.slice(0, limit));
    assert.equal(list.remaining, Math.max(0, expected.length - limit));
  }

  async #compact(): Promise<void> {
    const revision = this.#model.compacted + this.#random(this.#model.revision - this.#model.compacted + 1);
    await this.#store.compact(revision);
    this.#model.compacted = revision;
    if (revision > 0) await assert.rejects(this.#store.list('', { revision: revision - 1 }), CompactedError);
  }

  async #watchFromThePast(): Promise<void> {
    const from = this.#model.compacted + this.#random(this.#model.revision - this.#model.compacted + 1);
    const prefix = this.#pick(this.#prefixes);
    const wanted = this.#model.events.filter((event) => event.revision > from && event.key.startsWith(prefix)).length;
    const events: StoreEvent[] = [];
    if (wanted === 0) return;
    for await (const batch of this.#store.watch(prefix, from, this.#stop.signal)) {
      events.push(...batch);
      if (events.length >= wanted) break;
    }
    this.#compareEvents(events, from, prefix);
  }

  #compareEvents(events: readonly StoreEvent[], after: number, prefix: string): void {
    const expected = this.#model.events.filter((event) => event.revision > after && event.key.startsWith(prefix));
    const actual = events.map(({ type, entry, previous }) =>
      ({ type, key: entry.key, revision: entry.modRevision, value: decode(entry.value), previous: previous?.modRevision }));
    assert.deepEqual(actual, expected);
  }

  #pick(from: readonly string[]): string {
    return from[this.#random(from.length)] ?? '';
  }
}

test(`memory store: 100,000 random operations agree with the model (seed ${seed})`, async () => {
  const store = createMemoryStore({ clock: new ManualClock(), history });
  await new Comparison(store).run(100_000);
  await store.close();
});

test(`sqlite store: 50,000 random operations agree with the model (seed ${seed})`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'k8ts-model-'));
  const store = await createSqliteStore({ file: join(directory, 'state.db'), clock: new ManualClock(), logger: silentLogger, history });
  try {
    await new Comparison(store).run(50_000);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
});
