/**
 * Kills a process in the middle of its writes, again and again on the same file, and looks whether everything it was told
 * is stored is there. SIGKILL leaves the page cache intact, so this proves the order of things in our code and SQLite's
 * recovery; what a power cut adds is SQLite's `synchronous = FULL`.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { systemRandom } from '../../../src/base/random.ts';
import { createSqliteStore } from '../../../src/storage/sqlite-store.ts';
import { CompactedError, type Revision, type Store } from '../../../src/storage/store.ts';

const rounds = Number(process.env['K8TS_KILL_ROUNDS'] ?? (process.env['K8TS_TEST_FULL'] === undefined ? 5 : 200));
const program = fileURLToPath(new URL('./kill-writer.ts', import.meta.url));

interface Acknowledged {
  readonly revision: Revision;
  /** Undefined for a removal. */
  readonly value: string | undefined;
}

/** Runs the writer until it has acknowledged `enough` writes, kills it, and adds what it acknowledged in all. */
async function runAndKill(file: string, round: number, enough: number, all: Map<string, Acknowledged>): Promise<void> {
  const child = spawn(process.execPath, [program, file, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    lines += 1;
    if (lines === enough) child.kill('SIGKILL');
    const [key = '', revision = '', value = ''] = line.split(' ');
    // A line without its end was being printed when the process died; its write may be acknowledged, but we do not know which.
    if (value !== '') all.set(key, { revision: Number(revision), value: value === '-' ? undefined : value });
  }
  const [, signal] = await exited as [number | null, NodeJS.Signals | null];
  assert.equal(signal, 'SIGKILL', 'the writer ended by itself');
}

/** Every acknowledged write is there, or a later one of the same key that was committed but not yet acknowledged. */
async function checkAcknowledged(store: Store, all: ReadonlyMap<string, Acknowledged>): Promise<void> {
  const { entries, revision } = await store.list('/');
  const found = new Map(entries.map((entry) => [entry.key, entry]));
  for (const [key, last] of all) {
    assert.ok(last.revision <= revision, `${key}: revision ${last.revision} was given out, the store is at ${revision}`);
    const entry = found.get(key);
    if (last.value === undefined) {
      assert.equal(entry, undefined, `${key}: its acknowledged removal is undone`);
    } else if (entry?.modRevision === last.revision) {
      assert.equal(Buffer.from(entry.value).toString(), last.value);
    } else if (entry) {
      assert.ok(entry.modRevision > last.revision, `${key}: acknowledged at ${last.revision}, found at ${entry.modRevision}`);
    } else {
      assert.match(key, /^\/made\/\d+\/\d+\/\d+$/);
      assert.equal(Number(key.split('/').at(-1)) % 3, 0, `${key}: acknowledged at ${last.revision}, not found`);
    }
  }
}

/** What history there is has no gap, ends at the current revision, and agrees with the entries. */
async function checkRevisions(store: Store): Promise<void> {
  const { entries, revision } = await store.list('/');
  assert.equal(await store.revision(), revision);
  assert.equal(new Set(entries.map((entry) => entry.modRevision)).size, entries.length);
  const compacted = await store.get('/', { revision: 0 }).then(() => 0, (error: unknown) => {
    assert.ok(error instanceof CompactedError);
    return error.compacted;
  });
  const abort = new AbortController();
  let expected = Math.max(compacted, 1);
  const last = new Map<string, Revision>();
  while (expected < revision) {
    for await (const batch of store.watch('/', expected, abort.signal)) {
      for (const { entry, type } of batch) {
        expected += 1;
        assert.equal(entry.modRevision, expected);
        last.set(entry.key, type === 'put' ? expected : 0);
      }
      if (expected >= revision) break;
    }
  }
  for (const entry of entries) {
    assert.equal(last.get(entry.key) ?? entry.modRevision, entry.modRevision);
    last.delete(entry.key);
  }
  for (const [key, left] of last) assert.equal(left, 0, `${key} is in the log but not in the list`);
}

test(`${rounds} kills lose no acknowledged write`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'k8ts-kill-'));
  const file = join(directory, 'state.db');
  const all = new Map<string, Acknowledged>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      await runAndKill(file, round, 1 + systemRandom.below(3000), all);
      const store = await createSqliteStore({ file, clock: systemClock, logger: silentLogger, history: { revisions: Infinity, age: Infinity } });
      await checkAcknowledged(store, all);
      await checkRevisions(store);
      await store.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
