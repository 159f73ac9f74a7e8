import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { readLog, type LogReadOptions } from './log-reader.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'k8ts-log-'));
  file = path.join(folder, '0.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (second: number, text: string, tag = 'F', stream = 'stdout'): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000001Z ${stream} ${tag} ${text}\n`;

async function read(options: Partial<LogReadOptions> = {}): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of readLog(file, { clock: systemClock, ...options })) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('lines come out as the container wrote them', async () => {
  writeFileSync(file, line(1, 'one') + line(2, 'part', 'P') + line(2, 'ial') + line(3, 'err', 'F', 'stderr') + line(4, ''));
  assert.equal(await read(), 'one\npartial\nerr\n\n');
  assert.equal(await read({ stream: 'stderr' }), 'err\n');
  assert.equal(await read({ timestamps: true, tailLines: 2 }), '2026-01-01T00:00:03.000000001Z err\n2026-01-01T00:00:04.000000001Z \n');
  assert.equal(await read({ since: Date.parse('2026-01-01T00:00:03Z') }), 'err\n\n');
  assert.equal(await read({ limitBytes: 6 }), 'one\npa');
});

test('tail counts from the end, whatever the size', async () => {
  writeFileSync(file, Array.from({ length: 5000 }, (_, i) => line(i % 60, `line ${i} ${'x'.repeat(40)}`)).join(''));
  assert.equal((await read({ tailLines: 3000 })).split('\n').length, 3001);
  assert.match(await read({ tailLines: 1 }), /^line 4999 x+\n$/);
  assert.equal(await read({ tailLines: 0 }), '');
  assert.equal((await read({ tailLines: 9999 })).split('\n').length, 5001);
});

test('following goes on across rotation and ends with the container', async () => {
  writeFileSync(file, line(1, 'one'));
  let running = true;
  const seen: string[] = [];
  for await (const part of readLog(file, { clock: systemClock, follow: true, running: () => Promise.resolve(running) })) {
    seen.push(part.toString());
    if (seen.length === 1) appendFileSync(file, line(2, 'two'));
    if (seen.length === 2) {
      appendFileSync(file, line(3, 'three'));
      renameSync(file, `${file}.aside`);
      writeFileSync(file, line(4, 'four'));
    }
    if (seen.length === 4) {
      appendFileSync(file, line(5, 'five'));
      running = false;
    }
  }
  assert.deepEqual(seen, ['one\n', 'two\n', 'three\n', 'four\n', 'five\n']);
});

test('a follower that is called off ends', async () => {
  writeFileSync(file, line(1, 'one'));
  const stop = new AbortController();
  for await (const part of readLog(file, { clock: systemClock, follow: true, signal: stop.signal })) {
    assert.equal(part.toString(), 'one\n');
    stop.abort();
  }
});
