import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { writePayload, type Payload } from './atomic-writer.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'k8ts-atomic-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const payload = (files: Readonly<Record<string, string>>): Payload => new Map(Object.entries(files).map(([name, text]) => [name, { data: Buffer.from(text), mode: 0o644 }]));
const write = (files: Readonly<Record<string, string>>): Promise<boolean> => writePayload(folder, payload(files), systemClock);
const visible = (): Record<string, string> => Object.fromEntries(readdirSync(folder).filter((name) => !name.startsWith('..')).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
const hidden = (): string[] => readdirSync(folder).filter((name) => name.startsWith('..'));

test('files appear, change and go', async () => {
  assert.equal(await write({ a: '1', b: '2' }), true);
  assert.deepEqual(visible(), { a: '1', b: '2' });
  assert.equal(await write({ a: '1', b: '2' }), false);
  assert.equal(await write({ a: '3' }), true);
  assert.deepEqual(visible(), { a: '3' });
  assert.equal(hidden().length, 2, 'the link and what it points at');
});

test('a writer that died before its change took effect is made good', async () => {
  await write({ a: '1' });
  mkdirSync(path.join(folder, '..2026_01_01_00_00_00.1'));
  writeFileSync(path.join(folder, '..2026_01_01_00_00_00.1', 'a'), 'half');
  symlinkSync('..2026_01_01_00_00_00.1', path.join(folder, '..data_tmp'));
  assert.equal(await write({ a: '2' }), true);
  assert.deepEqual(visible(), { a: '2' });
  assert.equal(hidden().length, 2);
});

test('a writer that died before its names were there is made good', async () => {
  await write({ a: '1', b: '2' });
  rmSync(path.join(folder, 'b'));
  assert.equal(await write({ a: '1', b: '2' }), true);
  assert.deepEqual(visible(), { a: '1', b: '2' });
});

test('paths that leave the volume are refused', async () => {
  for (const name of ['../a', '/a', 'b/../../a', '..data']) await assert.rejects(write({ [name]: '' }), /invalid path/);
});
