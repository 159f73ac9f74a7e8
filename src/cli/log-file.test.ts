import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LogFile } from './log-file.ts';
import { lineFormatter } from './log-lines.ts';
import { followFile, lastLines } from './log-tail.ts';

describe('the server log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'k8ts-log-'));
    file = path.join(folder, 'server.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('begins a new file when one is full, and keeps so many', () => {
    const log = new LogFile(file, { maxBytes: 10, keep: 2 });
    for (const text of ['first line\n', 'second line\n', 'third line\n', 'fourth line\n', 'now\n']) log.write(text);
    log.close();
    assert.deepEqual(readdirSync(folder).sort(), ['server.log', 'server.log.1', 'server.log.2']);
    assert.deepEqual(['', '.1', '.2'].map((suffix) => readFileSync(file + suffix, 'utf8')), ['now\n', 'fourth line\n', 'third line\n']);
  });

  it('goes on in a file that is there', () => {
    writeFileSync(file, '12345678');
    const log = new LogFile(file, { maxBytes: 10 });
    log.write('90');
    log.close();
    assert.equal(readFileSync(`${file}.1`, 'utf8'), '1234567890');
  });

  it('shows its last lines', () => {
    writeFileSync(file, Array.from({ length: 50_000 }, (_line, index) => `line ${index}\n`).join(''));
    assert.equal(lastLines(file, 2).text, 'line 49998\nline 49999\n');
    assert.equal(lastLines(file, 0).text, '');
    assert.equal(lastLines(file, Infinity).text.length, readFileSync(file).length);
  });

  it('is followed into the next file', async () => {
    const log = new LogFile(file, { maxBytes: 14, keep: 2 });
    log.write('old\n');
    const stop = new AbortController();
    const seen: string[] = [];
    const following = followFile(file, lastLines(file, 0).end, stop.signal);
    const reading = (async () => {
      for await (const bytes of following) {
        seen.push(bytes.toString());
        if (seen.join('') === 'long enough\n') log.write('in the next\n');
        if (seen.join('').endsWith('next\n')) stop.abort();
      }
    })();
    log.write('long enough\n');
    await reading;
    log.close();
    assert.equal(seen.join(''), 'long enough\nin the next\n');
  });
});

describe('log lines', () => {
  const line = { level: 'warn', message: 'disk is nearly full', fields: { free: '1 GB', path: '/var/lib', bytes: 5, gone: undefined } } as const;
  const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

  it('are one JSON object each', () => {
    assert.deepEqual(JSON.parse(lineFormatter('json', false)(line, time)), { time: '2026-01-02T03:04:05.678Z', level: 'warn', message: 'disk is nearly full', free: '1 GB', path: '/var/lib', bytes: 5 });
  });

  it('or text, quoted where needed', () => {
    assert.equal(lineFormatter('text', false)(line, time), '2026-01-02T03:04:05.678Z WARN  disk is nearly full free="1 GB" path=/var/lib bytes=5\n');
  });
});
