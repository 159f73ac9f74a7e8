/**
 * The victim of kill.test.ts: writes to the store named by its argument until it is killed, and prints each write once the
 * store has acknowledged it, as `<key> <revision> <value>` (value "-" for a removal). The line is handed to the kernel
 * before the next write starts, so it outlives this process.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { codeOf } from '../../../src/base/errors.ts';
import { createSqliteStore } from '../../../src/storage/sqlite-store.ts';
import type { Revision, WriteResult } from '../../../src/storage/store.ts';

const [, , file = '', round = '0'] = process.argv;
const writers = 12;
// Little history, so that compaction and pruning are under way most of the time.
const store = await createSqliteStore({ file, clock: systemClock, logger: silentLogger, history: { revisions: 300, age: Infinity } });

/** Writes at once, so that what was acknowledged is told before anything else can happen; waits for a reader that is slow. */
function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
    }
  }
}

async function acknowledged(key: string, value: string, write: Promise<WriteResult>): Promise<Revision> {
  const result = await write;
  if (!result.ok) throw new Error(`${key}: unexpected conflict`);
  print(`${key} ${result.revision} ${value}\n`);
  return result.revision;
}

/** Keeps one counter, and creates a key each step, removing every third of them. */
async function writer(index: number): Promise<never> {
  const counter = `/counter/${index}`;
  const { entry } = await store.get(counter);
  let at = entry?.modRevision ?? await acknowledged(counter, 'start', store.create(counter, Buffer.from('start')));
  for (let step = 0; ; step += 1) {
    const value = `${round}.${step}`;
    at = await acknowledged(counter, value, store.update(counter, Buffer.from(value), at));
    const key = `/made/${round}/${index}/${step}`;
    const made = await acknowledged(key, value, store.create(key, Buffer.from(value)));
    if (step % 3 === 0) await acknowledged(key, '-', store.remove(key, made));
  }
}

await Promise.all(Array.from({ length: writers }, (_, index) => writer(index)));
