/** A file does not grow without end under endless updates, and gives space back after a flood. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { createSqliteStore } from '../../../src/storage/sqlite-store.ts';
import type { Store } from '../../../src/storage/store.ts';

const megabyte = 1024 * 1024;
const value = new Uint8Array(2048).fill(1);
/** Keeps about 2 MB of events. */
const history = { revisions: 1000, age: Infinity };

async function withStore(body: (store: Store, file: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'k8ts-bounded-'));
  const file = join(directory, 'state.db');
  const store = await createSqliteStore({ file, clock: systemClock, logger: silentLogger, history });
  try {
    await body(store, file);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

test('endless updates of one object', () => withStore(async (store, file) => {
  const created = await store.create('/x', value);
  let revision = created.ok ? created.revision : 0;
  for (let i = 0; i < 8000; i += 1) {
    const result = await store.update('/x', value, revision);
    assert.ok(result.ok);
    revision = result.revision;
  }
  const size = await store.size();
  assert.ok(size < 12 * megabyte, `16 MB of updates left ${size} bytes`);
  assert.ok(statSync(`${file}-wal`).size < 6 * megabyte);
}));

test('a flood of objects that are deleted again', () => withStore(async (store) => {
  const count = 8000;
  await Promise.all(Array.from({ length: count }, (_, i) => store.create(`/flood/${i}`, value)));
  const full = await store.size();
  assert.ok(full > 16 * megabyte);
  await Promise.all(Array.from({ length: count }, (_, i) => store.remove(`/flood/${i}`, i + 2)));
  await store.compact(await store.revision());
  // Space comes back in steps between requests: each request lets one more step happen.
  let size = full;
  for (let i = 0; i < 20_000 && size > 12 * megabyte; i += 1) size = await store.size();
  assert.ok(size < 12 * megabyte, `still ${size} bytes of ${full}`);
}));
