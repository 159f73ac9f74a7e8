import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/log.ts';
import { JsonFileLogs, jsonFileOf, jsonLine } from './json-file-logs.ts';

describe("logs in the form of Docker's json-file driver", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'k8ts-json-log-'));
    file = path.join(folder, '0.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (): JsonFileLogs => new JsonFileLogs({ running: () => Promise.resolve(true), clock: systemClock, log: silentLogger });
  const copied = (): string => (existsSync(jsonFileOf(file)) ? readFileSync(jsonFileOf(file), 'utf8') : '');
  /** Resolves when the copy has so many lines. */
  const hasLines = (count: number): Promise<string[]> =>
    new Promise((resolve) => {
      const look = (): void => {
        const lines = copied().split('\n').slice(0, -1);
        if (lines.length < count) return;
        watcher.close();
        resolve(lines);
      };
      const watcher = watch(folder, look);
      look();
    });

  it('writes time in UTC without needless digits, and a line break where the container wrote one', () => {
    assert.equal(jsonLine({ time: '2026-01-01T01:00:00.120000000+01:00', stream: 'stdout', partial: false, text: 'a "b" <c>' }), '{"log":"a \\"b\\" <c>\\n","stream":"stdout","time":"2026-01-01T00:00:00.12Z"}');
    assert.equal(jsonLine({ time: '2026-01-01T00:00:00.000000000Z', stream: 'stderr', partial: true, text: 'part' }), '{"log":"part","stream":"stderr","time":"2026-01-01T00:00:00Z"}');
  });

  it('follows what a container writes, and goes on where it was left', async () => {
    writeFileSync(file, '2026-01-01T00:00:01.5Z stdout F one\n');
    const first = start();
    first.follow('id', file);
    first.follow('id', file);
    await hasLines(1);
    appendFileSync(file, '2026-01-01T00:00:01.75Z stderr F two\n');
    await hasLines(2);
    await first.close();
    appendFileSync(file, '2026-01-01T00:00:02Z stdout F three\n');
    const second = start();
    second.follow('id', file);
    const logs = (await hasLines(3)).map((line) => JSON.parse(line) as { log: string });
    await second.close();
    assert.deepEqual(logs.map(({ log }) => log), ['one\n', 'two\n', 'three\n']);
  });
});
