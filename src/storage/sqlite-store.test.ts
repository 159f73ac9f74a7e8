import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { silentLogger } from '../base/log.ts';
import { ManualClock } from './manual-clock.ts';
import { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
import { bytes, runStoreCases } from './store.cases.ts';
import { StorageError, type Store } from './store.ts';

let directory = '';
let files = 0;
const opened: Store[] = [];
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'k8ts-sqlite-'));
});
after(async () => {
  // A failed test leaves its store open, and an open store keeps the process alive.
  await Promise.all(opened.map((store) => store.close()));
  rmSync(directory, { recursive: true, force: true });
});

const freshFile = (): string => join(directory, `${++files}.db`);

async function open(file: string, options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await createSqliteStore({ file, clock: new ManualClock(), logger: silentLogger, ...options });
  opened.push(store);
  return store;
}

/** A closed file with a hundred entries of 2 KB. */
async function writtenFile(): Promise<string> {
  const file = freshFile();
  const store = await open(file);
  await Promise.all(Array.from({ length: 100 }, (_, i) => store.create(`/x/${i}`, new Uint8Array(2048).fill(i))));
  await store.close();
  return file;
}

runStoreCases({ name: 'sqlite store', create: (options) => open(freshFile(), options) });

describe('sqlite store: the file', () => {
  test('what was written is there after reopening, and revisions go on', async () => {
    const file = await writtenFile();
    const store = await open(file);
    assert.equal(await store.revision(), 101);
    assert.equal((await store.list('/x/')).entries.length, 100);
    assert.deepEqual(await store.create('/new', bytes('v')), { ok: true, revision: 102, previous: undefined });
    await store.close();
  });

  test('the revision survives compaction of everything', async () => {
    const file = freshFile();
    const first = await open(file);
    await first.create('/a', bytes('v'));
    await first.remove('/a', 2);
    await first.compact(3);
    await first.close();
    const second = await open(file);
    assert.equal(await second.revision(), 3);
    await assert.rejects(second.get('/a', { revision: 2 }), { name: 'CompactedError' });
    await second.close();
  });

  test('a time to live goes on after reopening', async () => {
    const file = freshFile();
    const clock = new ManualClock();
    const first = await open(file, { clock });
    await first.create('/brief', bytes('1'), { ttlSeconds: 60 });
    await first.create('/renewed', bytes('1'), { ttlSeconds: 60 });
    await first.update('/renewed', bytes('2'), 3);
    await first.close();
    const second = await open(file, { clock });
    const batches = second.watch('/', 4, new AbortController().signal)[Symbol.asyncIterator]();
    clock.advance(60_000);
    const { value } = await batches.next();
    assert.equal(value?.[0]?.entry.key, '/brief');
    assert.deepEqual((await second.list('/')).entries.map((entry) => entry.key), ['/renewed']);
    await second.close();
  });

  test('nobody else may read it', async () => {
    const file = freshFile();
    const store = await open(file);
    await store.create('/secret', bytes('v'));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(`${file}-wal`).mode & 0o777, 0o600);
    await store.close();
  });

  test('a full store refuses writes, keeps answering, and takes writes that fit', async () => {
    const store = await open(freshFile(), { maxBytes: 1024 * 1024 });
    await store.create('/small', bytes('v'));
    const revision = await store.revision();
    await assert.rejects(store.create('/huge', new Uint8Array(2 * 1024 * 1024)), (error) => error instanceof StorageError && /no room left .* free space/.test(error.message));
    assert.equal(await store.revision(), revision);
    assert.ok((await store.get('/small')).entry);
    assert.ok((await store.create('/other', bytes('v'))).ok);
    await store.close();
  });

  test('a failed batch fails its own writes only', async () => {
    const store = await open(freshFile(), { maxBytes: 1024 * 1024 });
    const failing = [store.create('/same-batch', bytes('v')), store.create('/huge', new Uint8Array(2 * 1024 * 1024))];
    const failed = Promise.allSettled(failing);
    await Promise.resolve();
    await Promise.resolve();
    const next = store.create('/next-batch', bytes('v'));
    assert.deepEqual((await failed).map((result) => result.status), ['rejected', 'rejected']);
    assert.deepEqual(await next, { ok: true, revision: 2, previous: undefined });
    assert.deepEqual((await store.list('/')).entries.map((entry) => entry.key), ['/next-batch']);
    await store.close();
  });
});

describe('sqlite store: files it refuses', () => {
  const refuses = async (file: string, message: RegExp): Promise<void> => {
    await assert.rejects(open(file), (error) => {
      assert.ok(error instanceof StorageError);
      assert.match(error.message, message);
      return true;
    });
  };

  test('not a database', async () => {
    const file = freshFile();
    writeFileSync(file, 'x'.repeat(10_000));
    await refuses(file, /is damaged .*restore it from a backup, or move it away/);
  });

  test('cut short', async () => {
    const file = await writtenFile();
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
    await refuses(file, /is damaged .*move it away/);
  });

  test('overwritten in the middle: found at the latest when it is read', async () => {
    const file = await writtenFile();
    const content = readFileSync(file);
    content.fill(0xa5, 8192, content.length - 4096);
    writeFileSync(file, content);
    await assert.rejects(async () => {
      const store = await open(file);
      try {
        await store.list('/');
      } finally {
        await store.close();
      }
    }, /is damaged .*move it away/);
  });

  test('of a newer version', async () => {
    const file = await writtenFile();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await refuses(file, /newer k8ts \(its version is 99.*later release/);
  });

  test("another program's", async () => {
    const file = freshFile();
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE other (x)');
    database.close();
    await refuses(file, /database of another program/);
  });

  test('in use', async () => {
    const file = freshFile();
    const store = await open(file);
    await refuses(file, /in use by another process/);
    await store.close();
  });

  test('in a directory that is not there', async () => {
    await refuses(join(directory, 'missing', 'x.db'), /cannot be opened: check that its directory exists/);
  });
});
