/**
 * What every store must do, run by each backend's test. Case names follow what upstream's tests of its etcd store look at.
 *
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/testing
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { HistoryLimits } from './compactor.ts';
import { ManualClock } from './manual-clock.ts';
import { CompactedError, FutureRevisionError, StoreClosedError, type Entry, type Revision, type Store, type StoreEvent, type WriteResult } from './store.ts';

export interface StoreCases {
  readonly name: string;
  /** An empty store, all of its time from `clock`; `history` is unlimited where a case does not say otherwise. */
  create(options: { readonly clock: ManualClock; readonly history: HistoryLimits }): Promise<Store>;
  /** Case names a backend does not run, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

const unlimited: HistoryLimits = { revisions: Infinity, age: Infinity };

interface Bench {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly signal: AbortSignal;
  abort(): void;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(entry: Entry | undefined): string | undefined {
  return entry && new TextDecoder().decode(entry.value);
}

/** The revision of a write that must have happened. */
async function done(result: Promise<WriteResult>): Promise<Revision> {
  const answer = await result;
  assert.ok(answer.ok, 'the write was expected to happen');
  return answer.revision;
}

/** Reads batches until `count` events have come. */
async function take(events: AsyncIterable<readonly StoreEvent[]>, count: number): Promise<StoreEvent[]> {
  const taken: StoreEvent[] = [];
  if (count === 0) return taken;
  for await (const batch of events) {
    taken.push(...batch);
    if (taken.length >= count) break;
  }
  return taken;
}

function summary(event: StoreEvent): string {
  const previous = event.previous ? ` was ${text(event.previous)}@${event.previous.modRevision}` : '';
  return `${event.type} ${event.entry.key}=${text(event.entry)}@${event.entry.modRevision}${previous}`;
}

export function runStoreCases({ name, create, skip = {} }: StoreCases): void {
  const open: Store[] = [];

  const on = (title: string, body: (bench: Bench) => Promise<void>, history: HistoryLimits = unlimited): void => {
    test(title, { skip: skip[title] ?? false }, async () => {
      const clock = new ManualClock();
      const store = await create({ clock, history });
      open.push(store);
      const abort = new AbortController();
      try {
        await body({ store, clock, signal: abort.signal, abort: () => abort.abort() });
      } finally {
        abort.abort();
        await store.close();
      }
    });
  };

  describe(`${name}: writes`, () => writeCases(on));
  describe(`${name}: reads`, () => readCases(on));
  describe(`${name}: watches`, () => watchCases(on));
  describe(`${name}: history`, () => historyCases(on));
  describe(`${name}: lifetime`, () => lifetimeCases(on));
  after(() => Promise.all(open.map((store) => store.close())));
}

type On = (title: string, body: (bench: Bench) => Promise<void>, history?: HistoryLimits) => void;

function writeCases(on: On): void {
  on('a fresh store is at revision 1', async ({ store }) => {
    assert.equal(await store.revision(), 1);
    assert.deepEqual(await store.list(''), { entries: [], revision: 1, remaining: 0 });
  });

  on('create gives the next revision, and the entry can be read', async ({ store }) => {
    assert.deepEqual(await store.create('/a', bytes('1')), { ok: true, revision: 2, previous: undefined });
    const { entry, revision } = await store.get('/a');
    assert.equal(revision, 2);
    assert.equal(text(entry), '1');
    assert.equal(entry?.createRevision, 2);
    assert.equal(entry?.modRevision, 2);
  });

  on('create of an existing key changes nothing and answers what is there', async ({ store }) => {
    await store.create('/a', bytes('1'));
    const again = await store.create('/a', bytes('2'));
    assert.equal(again.ok, false);
    assert.equal(!again.ok && text(again.current), '1');
    assert.equal(await store.revision(), 2);
  });

  on('update at the right revision keeps the create revision and answers what it replaced', async ({ store }) => {
    const created = await done(store.create('/a', bytes('1')));
    const updated = await store.update('/a', bytes('2'), created);
    assert.ok(updated.ok);
    assert.equal(text(updated.previous), '1');
    assert.equal(updated.previous?.modRevision, created);
    const { entry } = await store.get('/a');
    assert.deepEqual([text(entry), entry?.createRevision, entry?.modRevision], ['2', created, updated.revision]);
  });

  on('update at a wrong revision changes nothing and answers what is there', async ({ store }) => {
    const created = await done(store.create('/a', bytes('1')));
    for (const wrong of [0, created - 1, created + 1]) {
      const result = await store.update('/a', bytes('2'), wrong);
      assert.equal(result.ok, false);
      assert.equal(!result.ok && text(result.current), '1');
    }
    assert.equal(await store.revision(), created);
  });

  on('update and remove of an absent key say that nothing is there', async ({ store }) => {
    assert.deepEqual(await store.update('/a', bytes('1'), 0), { ok: false, current: undefined });
    assert.deepEqual(await store.update('/a', bytes('1'), 5), { ok: false, current: undefined });
    assert.deepEqual(await store.remove('/a', 0), { ok: false, current: undefined });
    assert.equal(await store.revision(), 1);
  });

  on('remove at the right revision only, then the key can be created anew', async ({ store }) => {
    const created = await done(store.create('/a', bytes('1')));
    const wrong = await store.remove('/a', created + 1);
    assert.equal(!wrong.ok && text(wrong.current), '1');
    const removed = await store.remove('/a', created);
    assert.ok(removed.ok);
    assert.equal(text(removed.previous), '1');
    assert.equal((await store.get('/a')).entry, undefined);
    const anew = await done(store.create('/a', bytes('2')));
    assert.equal(anew, removed.revision + 1);
    assert.equal((await store.get('/a')).entry?.createRevision, anew);
  });

  on('an empty value and a large one come back as they were', async ({ store }) => {
    const large = new Uint8Array(3 * 1024 * 1024).map((_, index) => index * 31);
    await store.create('/empty', new Uint8Array(0));
    await store.create('/large', large);
    assert.equal((await store.get('/empty')).entry?.value.byteLength, 0);
    assert.ok(Buffer.from(large).equals((await store.get('/large')).entry?.value ?? new Uint8Array(0)));
  });

  on('a value that is a slice of a larger buffer is stored as the slice', async ({ store }) => {
    await store.create('/slice', bytes('0123456789').subarray(3, 6));
    assert.equal(text((await store.get('/slice')).entry), '345');
  });

  on('of concurrent updates of one key exactly one wins', async ({ store }) => {
    let current = await done(store.create('/a', bytes('0')));
    for (let round = 0; round < 20; round += 1) {
      const results = await Promise.all(Array.from({ length: 16 }, (_, writer) => store.update('/a', bytes(`${round}.${writer}`), current)));
      const winners = results.filter((result) => result.ok);
      assert.equal(winners.length, 1);
      current = (await store.get('/a')).entry?.modRevision ?? 0;
      assert.equal(winners[0]?.ok && winners[0].revision, current);
    }
    assert.equal(await store.revision(), current);
  });

  on('writers that retry on conflict lose no increment', async ({ store }) => {
    await store.create('/counter', bytes('0'));
    const increment = async (): Promise<void> => {
      for (;;) {
        const { entry } = await store.get('/counter');
        if ((await store.update('/counter', bytes(String(Number(text(entry)) + 1)), entry?.modRevision ?? 0)).ok) return;
      }
    };
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let i = 0; i < 10; i += 1) await increment();
    }));
    assert.equal(text((await store.get('/counter')).entry), '80');
  });

  on('writes of one turn see each other in the order they were made', async ({ store }) => {
    const results = await Promise.all([
      store.create('/a', bytes('1')), store.create('/a', bytes('2')), store.update('/a', bytes('3'), 2),
      store.remove('/a', 3), store.create('/a', bytes('4')),
    ]);
    assert.deepEqual(results.map((result) => result.ok), [true, false, true, true, true]);
    assert.deepEqual(results.map((result) => result.ok && result.revision), [2, false, 3, 4, 5]);
  });
}

function readCases(on: On): void {
  on('get at a revision reads the past', async ({ store }) => {
    const first = await done(store.create('/a', bytes('1')));
    const second = await done(store.update('/a', bytes('2'), first));
    const third = await done(store.remove('/a', second));
    const read = async (revision: Revision): Promise<string | undefined> => text((await store.get('/a', { revision })).entry);
    assert.deepEqual([await read(1), await read(first), await read(second), await read(third)], [undefined, '1', '2', undefined]);
    assert.equal((await store.get('/a', { revision: first })).revision, first);
  });

  on('list gives the keys under the prefix in the byte order of UTF-8', async ({ store }) => {
    const keys = ['/a/b', '/a/\u{1f600}', '/a/\uffee', '/a/B', '/a/b/c', '/a/b-c', '/a/é', '/a/\ue000', '/a', '/b', '/a0', '/A/b'];
    for (const key of keys) await store.create(key, bytes(key));
    const { entries, revision, remaining } = await store.list('/a/');
    const expected = keys.filter((key) => key.startsWith('/a/')).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(entries.map((entry) => entry.key), expected);
    assert.deepEqual(entries.map(text), expected);
    assert.deepEqual([revision, remaining], [keys.length + 1, 0]);
    assert.equal((await store.list('')).entries.length, keys.length);
    assert.deepEqual((await store.list('/a/\u{1f600}')).entries.map((entry) => entry.key), ['/a/\u{1f600}']);
  });

  on('list at a revision shows what was there then', async ({ store }) => {
    const a = await done(store.create('/x/a', bytes('a1')));
    const b = await done(store.create('/x/b', bytes('b1')));
    const updated = await done(store.update('/x/a', bytes('a2'), a));
    const removed = await done(store.remove('/x/b', b));
    const read = async (revision: Revision): Promise<(string | undefined)[]> => (await store.list('/x/', { revision })).entries.map(text);
    assert.deepEqual(await read(1), []);
    assert.deepEqual(await read(a), ['a1']);
    assert.deepEqual(await read(b), ['a1', 'b1']);
    assert.deepEqual(await read(updated), ['a2', 'b1']);
    assert.deepEqual(await read(removed), ['a2']);
  });

  on('pages of a list stay true to one revision while writes go on', async ({ store }) => {
    const keys = Array.from({ length: 25 }, (_, i) => `/x/${String(i).padStart(2, '0')}`);
    for (const key of keys) await store.create(key, bytes(key));
    const first = await store.list('/x/', { limit: 10 });
    assert.equal(first.remaining, 15);
    await store.create('/x/105', bytes('between'));
    await done(store.remove('/x/12', 14));
    await done(store.update('/x/15', bytes('changed'), 17));
    const seen = [...first.entries];
    for (let remaining = first.remaining; remaining > 0; ) {
      const page = await store.list('/x/', { limit: 10, after: seen.at(-1)?.key ?? '', revision: first.revision });
      assert.equal(page.revision, first.revision);
      assert.equal(page.remaining, Math.max(0, remaining - 10));
      seen.push(...page.entries);
      remaining = page.remaining;
    }
    assert.deepEqual(seen.map(text), keys);
  });

  on('limit and after at the edges', async ({ store }) => {
    for (const key of ['/w', '/x/a', '/x/b', '/y']) await store.create(key, bytes(key));
    const keysOf = async (options: { limit?: number; after?: string }): Promise<string> => {
      const { entries, remaining } = await store.list('/x/', options);
      return `${entries.map((entry) => entry.key).join(' ')} +${remaining}`;
    };
    assert.equal(await keysOf({ limit: 2 }), '/x/a /x/b +0');
    assert.equal(await keysOf({ limit: 1 }), '/x/a +1');
    assert.equal(await keysOf({ after: '/x/a' }), '/x/b +0');
    assert.equal(await keysOf({ after: '/x/aa', limit: 1 }), '/x/b +0');
    assert.equal(await keysOf({ after: '/x/b' }), ' +0');
    assert.equal(await keysOf({ after: '/a', limit: 1 }), '/x/a +1');
    assert.equal(await keysOf({ after: '/z' }), ' +0');
  });

  on('a list longer than any internal page is whole', async ({ store }) => {
    const count = 1700;
    await Promise.all(Array.from({ length: count }, (_, i) => store.create(`/x/${String(i).padStart(5, '0')}`, bytes(String(i)))));
    await Promise.all(Array.from({ length: 300 }, (_, i) => store.remove(`/x/${String(i + 600).padStart(5, '0')}`, i + 602)));
    const whole = await store.list('/x/');
    assert.equal(whole.entries.length, count - 300);
    assert.equal(new Set(whole.entries.map((entry) => entry.key)).size, count - 300);
    const limited = await store.list('/x/', { limit: 1200, after: '/x/00000' });
    assert.deepEqual([limited.entries.length, limited.remaining], [1200, 199]);
  });

  on('reading a revision that is not there yet fails', async ({ store }) => {
    await store.create('/a', bytes('1'));
    const future = { name: 'FutureRevisionError', requested: 3, current: 2 };
    await assert.rejects(store.get('/a', { revision: 3 }), future);
    await assert.rejects(store.list('/', { revision: 3 }), future);
    await assert.rejects(store.list('/', { revision: 3 }), FutureRevisionError);
  });
}

function watchCases(on: On): void {
  on('watch from 0 gives the whole history in order, with previous and last values', async ({ store, signal }) => {
    await store.create('/a', bytes('1'));
    await store.update('/a', bytes('2'), 2);
    await store.create('/b', bytes('3'));
    await store.remove('/a', 3);
    await store.create('/a', bytes('4'));
    assert.deepEqual((await take(store.watch('/', 0, signal), 5)).map(summary), [
      'put /a=1@2', 'put /a=2@3 was 1@2', 'put /b=3@4', 'delete /a=2@5 was 2@3', 'put /a=4@6',
    ]);
    const [, , , deletion] = await take(store.watch('/', 0, signal), 5);
    assert.equal(deletion?.entry.createRevision, 2);
  });

  on('watch from now gives only what comes later, with previous and last values', async ({ store, signal }) => {
    await store.create('/a', bytes('1'));
    const events = take(store.watch('/', await store.revision(), signal), 3);
    await store.update('/a', bytes('2'), 2);
    await store.remove('/a', 3);
    await store.create('/a', bytes('3'));
    assert.deepEqual((await events).map(summary), ['put /a=2@3 was 1@2', 'delete /a=2@4 was 2@3', 'put /a=3@5']);
  });

  on('watch from the past goes over into the present without gap or repetition', async ({ store, signal }) => {
    const total = 3000;
    const write = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, j) => store.create(`/x/${i + j}`, bytes('v'))));
      }
    };
    await write(0, total / 2);
    const [events] = await Promise.all([take(store.watch('/x/', 101, signal), total - 100), write(total / 2, total)]);
    assert.deepEqual(events.map((event) => event.entry.modRevision), Array.from({ length: total - 100 }, (_, i) => i + 102));
  });

  on('watch of a prefix gives nothing else', async ({ store, signal }) => {
    await store.create('/x/1', bytes('old'));
    await store.create('/y/1', bytes('old'));
    const events = take(store.watch('/x/', 0, signal), 3);
    for (const key of ['/x', '/x0', '/x/2', '/y/2', '/X/3', '/x/3']) await store.create(key, bytes('new'));
    assert.deepEqual((await events).map((event) => event.entry.key), ['/x/1', '/x/2', '/x/3']);
  });

  on('watch of a single key does not show its neighbours of the same prefix as something else', async ({ store, signal }) => {
    const events = take(store.watch('/x/a', 1, signal), 2);
    await store.create('/x/b', bytes('1'));
    await store.create('/x/a', bytes('2'));
    await store.create('/x/a-b', bytes('3'));
    assert.deepEqual((await events).map((event) => event.entry.key), ['/x/a', '/x/a-b']);
  });

  on('watch from a future revision waits for it', async ({ store, signal }) => {
    const events = take(store.watch('/', 4, signal), 2);
    for (let i = 0; i < 5; i += 1) await store.create(`/${i}`, bytes('v'));
    assert.deepEqual((await events).map((event) => event.entry.modRevision), [5, 6]);
  });

  on('writes committed together come as one batch', async ({ store, signal }) => {
    const batches = store.watch('/', 1, signal)[Symbol.asyncIterator]();
    await Promise.all(['/a', '/b', '/c'].map((key) => store.create(key, bytes('v'))));
    const { value } = await batches.next();
    assert.deepEqual((value as readonly StoreEvent[]).map((event) => event.entry.key), ['/a', '/b', '/c']);
  });

  on('an event is offered before its writer is told, and is readable when it arrives', async ({ store, signal }) => {
    const order: string[] = [];
    const watching = (async () => {
      for await (const batch of store.watch('/', 1, signal)) {
        order.push('event');
        const revision = batch[0]?.entry.modRevision ?? 0;
        assert.ok((await store.get('/a', { revision })).entry);
        return;
      }
    })();
    await store.create('/a', bytes('v'));
    await watching;
    assert.deepEqual(order, ['event']);
  });

  on('refused writes make no event', async ({ store, signal }) => {
    const events = take(store.watch('/', 1, signal), 2);
    await store.create('/a', bytes('1'));
    await store.create('/a', bytes('2'));
    await store.update('/a', bytes('3'), 1);
    await store.remove('/b', 2);
    await store.create('/b', bytes('4'));
    assert.deepEqual((await events).map(summary), ['put /a=1@2', 'put /b=4@3']);
  });

  on('a watch ends when its signal aborts, also while it waits', async ({ store, signal, abort }) => {
    const waiting = take(store.watch('/', 1, signal), 2);
    await store.create('/a', bytes('1'));
    abort();
    assert.ok((await waiting).length <= 1);
    assert.deepEqual(await take(store.watch('/', 0, signal), 1), []);
  });

  on('several watchers each see everything', async ({ store, signal }) => {
    const watchers = Array.from({ length: 10 }, (_, i) => take(store.watch('/', i % 2, signal), 20));
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.create(`/${i}`, bytes('v'))));
    for (const events of await Promise.all(watchers)) assert.equal(events.length, 20);
  });
}

function historyCases(on: On): void {
  on('reads and watches from before a compaction fail, later ones do not', async ({ store, signal }) => {
    const first = await done(store.create('/a', bytes('1')));
    const second = await done(store.update('/a', bytes('2'), first));
    const third = await done(store.update('/a', bytes('3'), second));
    await store.compact(second);
    const compacted = { name: 'CompactedError', requested: first, compacted: second };
    await assert.rejects(store.get('/a', { revision: first }), compacted);
    await assert.rejects(store.list('/', { revision: first }), compacted);
    await assert.rejects(take(store.watch('/', first, signal), 1), compacted);
    await assert.rejects(take(store.watch('/', 0, signal), 1), CompactedError);
    assert.equal(text((await store.get('/a', { revision: second })).entry), '2');
    assert.deepEqual((await take(store.watch('/', second, signal), 1)).map(summary), [`put /a=3@${third} was 2@${second}`]);
    assert.deepEqual((await store.list('/')).entries.map(text), ['3']);
  });

  on('compaction keeps what is alive, however old, and the last value of what dies later', async ({ store, signal }) => {
    const old = await done(store.create('/old', bytes('1')));
    const dead = await done(store.create('/dead', bytes('1')));
    await done(store.remove('/dead', dead));
    await store.compact(await store.revision());
    const at = await store.revision();
    assert.deepEqual((await store.list('/')).entries.map((entry) => entry.key), ['/old']);
    await done(store.remove('/old', old));
    assert.deepEqual((await take(store.watch('/', at, signal), 1)).map(summary), [`delete /old=1@${at + 1} was 1@${old}`]);
    await store.compact(await store.revision());
    assert.deepEqual(await store.list('/'), { entries: [], revision: at + 1, remaining: 0 });
    assert.equal(await done(store.create('/old', bytes('2'))), at + 2);
  });

  on('compacting to the past is done already, to the future is an error', async ({ store }) => {
    for (let i = 0; i < 4; i += 1) await store.create(`/${i}`, bytes('v'));
    await store.compact(3);
    await store.compact(2);
    await store.compact(3);
    await assert.rejects(store.compact(6), FutureRevisionError);
    assert.equal((await store.list('/', { revision: 3 })).entries.length, 2);
  });

  on('history is limited in number', async ({ store, signal }) => {
    let revision = await done(store.create('/a', bytes('0')));
    for (let i = 0; i < 300; i += 1) revision = await done(store.update('/a', bytes(String(i)), revision));
    await assert.rejects(take(store.watch('/', revision - 120, signal), 1), CompactedError);
    assert.equal((await take(store.watch('/', revision - 100, signal), 100)).length, 100);
  }, { revisions: 100, age: Infinity });

  on('history is limited in age', async ({ store, clock, signal }) => {
    const old = await done(store.create('/a', bytes('1')));
    clock.advance(30_000);
    const young = await done(store.update('/a', bytes('2'), old));
    clock.advance(30_000);
    await store.revision();
    await assert.rejects(take(store.watch('/', old - 1, signal), 1), CompactedError);
    assert.deepEqual((await take(store.watch('/', old, signal), 1)).map((event) => event.entry.modRevision), [young]);
    clock.advance(600_000);
    assert.equal(text((await store.get('/a')).entry), '2');
    await assert.rejects(take(store.watch('/', old, signal), 1), CompactedError);
    assert.equal(clock.pending, 0, 'a store at rest has no timer');
  }, { revisions: 1_000, age: 60_000 });
}

function lifetimeCases(on: On): void {
  on('a key with a time to live removes itself', async ({ store, clock, signal }) => {
    const events = take(store.watch('/', 1, signal), 3);
    await store.create('/brief', bytes('1'), { ttlSeconds: 10 });
    await store.create('/lasting', bytes('2'));
    clock.advance(9_999);
    assert.ok((await store.get('/brief')).entry);
    clock.advance(1);
    assert.deepEqual((await events).map(summary), ['put /brief=1@2', 'put /lasting=2@3', 'delete /brief=1@4 was 1@2']);
    assert.equal((await store.get('/brief')).entry, undefined);
    assert.equal(clock.pending, 0);
  });

  on('an update sets the time to live anew or takes it away', async ({ store, clock, signal }) => {
    await store.create('/renewed', bytes('1'), { ttlSeconds: 10 });
    await store.create('/kept', bytes('1'), { ttlSeconds: 10 });
    clock.advance(5_000);
    await store.update('/renewed', bytes('2'), 2, { ttlSeconds: 10 });
    await store.update('/kept', bytes('2'), 3);
    clock.advance(5_000);
    assert.equal((await store.list('/')).entries.length, 2);
    const removal = take(store.watch('/', await store.revision(), signal), 1);
    clock.advance(5_000);
    assert.deepEqual((await removal).map((event) => event.entry.key), ['/renewed']);
    clock.advance(3_600_000);
    assert.deepEqual((await store.list('/')).entries.map((entry) => entry.key), ['/kept']);
  });

  on('close commits what is queued, ends the watches and refuses the rest', async ({ store, signal }) => {
    const events: StoreEvent[] = [];
    const watching = (async () => {
      for await (const batch of store.watch('/', 1, signal)) events.push(...batch);
    })();
    const writes = Array.from({ length: 50 }, (_, i) => store.create(`/${i}`, bytes('v')));
    const closing = store.close();
    assert.ok((await Promise.all(writes)).every((result) => result.ok));
    await closing;
    await watching;
    assert.equal(events.length, 50);
    await assert.rejects(store.create('/late', bytes('v')), StoreClosedError);
    await assert.rejects(store.get('/1'), StoreClosedError);
    await assert.rejects(store.list('/'), StoreClosedError);
    await assert.rejects(store.revision(), StoreClosedError);
    assert.throws(() => store.watch('/', 1, signal), StoreClosedError);
    await store.close();
  });

  on('size grows with what is stored', async ({ store }) => {
    const before = await store.size();
    await store.create('/a', new Uint8Array(1_000_000));
    assert.ok(await store.size() >= before + 1_000_000);
  });
}
