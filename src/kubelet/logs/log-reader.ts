/**
 * Reading a container's log for a client: the container's own bytes, with the usual choices. Following goes on across rotation
 * and ends when the container has and all it wrote was read.
 * Upstream: pkg/kubelet/kuberuntime/logs/logs.go
 */
import { watch } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';
import { parseLogLine } from './log-line.ts';

export interface LogReadOptions {
  /** The last so many lines; all where absent. */
  readonly tailLines?: number | undefined;
  /** Milliseconds since the epoch: older lines are left out. */
  readonly since?: number | undefined;
  readonly timestamps?: boolean | undefined;
  readonly follow?: boolean | undefined;
  /** The output ends after so many bytes. */
  readonly limitBytes?: number | undefined;
  readonly stream?: 'stdout' | 'stderr' | undefined;
  /** For following: whether more can still come. */
  readonly running?: (() => Promise<boolean>) | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

const chunkSize = 64 * 1024;
const lookMs = 1000;

/** Throws the file system's error where there is no such log. */
export async function* readLog(file: string, options: LogReadOptions): AsyncIterable<Buffer> {
  let left = options.limitBytes ?? Infinity;
  if (options.tailLines === 0 && options.follow !== true) return;
  for await (const line of logLines(file, options)) {
    const output = renderLine(line, options);
    if (!output || left <= 0) continue;
    const part = output.length > left ? output.subarray(0, left) : output;
    left -= part.length;
    yield part;
    if (left <= 0) return;
  }
}

function renderLine(line: Buffer, options: LogReadOptions): Buffer | undefined {
  const text = line.toString('utf8');
  const entry = parseLogLine(text);
  if (!entry) return undefined;
  if (options.stream !== undefined && entry.stream !== options.stream) return undefined;
  if (options.since !== undefined && Date.parse(entry.time) < options.since) return undefined;
  // The container's bytes need not be UTF-8: they are cut out, not decoded.
  const start = line.indexOf(0x20, line.indexOf(0x20, line.indexOf(0x20) + 1) + 1) + 1;
  const body = start === 0 ? Buffer.alloc(0) : line.subarray(start);
  const parts = options.timestamps === true ? [Buffer.from(`${entry.time} `), body] : [body];
  return Buffer.concat(entry.partial ? parts : [...parts, Buffer.from('\n')]);
}

/** The log's lines without their ends, from where the reader is to begin. */
export async function* logLines(file: string, options: Omit<LogReadOptions, 'limitBytes' | 'timestamps' | 'stream' | 'since'>): AsyncIterable<Buffer> {
  let handle = await open(file, 'r');
  const alarm = options.follow === true ? new Alarm(file, options) : undefined;
  try {
    let at = options.tailLines === undefined ? 0 : await tailOffset(handle, options.tailLines);
    let rest = Buffer.alloc(0);
    let last = false;
    for (;;) {
      if (options.signal?.aborted === true) return;
      const buffer = Buffer.allocUnsafe(chunkSize);
      const { bytesRead } = await handle.read(buffer, 0, chunkSize, at);
      at += bytesRead;
      if (bytesRead > 0) {
        last = false;
        const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        let from = 0;
        for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
          yield data.subarray(from, end);
          from = end + 1;
        }
        rest = data.subarray(from);
        continue;
      }
      if (!alarm) return;
      const next = await rotatedAway(file, handle);
      if (next) {
        await handle.close();
        handle = next;
        at = 0;
        rest = Buffer.alloc(0);
      } else if (last) {
        return;
      } else {
        // One more look after the container has ended: what it wrote last may have come between.
        last = !(await (options.running?.() ?? Promise.resolve(true)));
        if (!last) await alarm.wait();
      }
    }
  } finally {
    alarm?.close();
    await handle.close();
  }
}

/** Where the last `lines` lines begin. */
async function tailOffset(handle: FileHandle, lines: number): Promise<number> {
  let end = (await handle.stat()).size;
  if (lines === 0) return end;
  const buffer = Buffer.allocUnsafe(chunkSize);
  let found = 0;
  const size = end;
  while (end > 0) {
    const from = Math.max(0, end - chunkSize);
    const { bytesRead } = await handle.read(buffer, 0, end - from, from);
    for (let i = bytesRead - 1; i >= 0; i -= 1) {
      if (buffer[i] !== 10 || from + i === size - 1) continue;
      found += 1;
      if (found === lines) return from + i + 1;
    }
    end = from;
  }
  return 0;
}

/** The file that has the log's name now, where that is another than the open one. */
async function rotatedAway(file: string, handle: FileHandle): Promise<FileHandle | undefined> {
  try {
    const [named, opened] = await Promise.all([stat(file), handle.stat()]);
    return named.ino === opened.ino ? undefined : await open(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Wakes a reader when something happens in the log's folder, and now and then anyway. */
class Alarm {
  readonly #watcher;
  readonly #options: Pick<LogReadOptions, 'clock' | 'signal'>;
  #rung = false;
  #ring: (() => void) | undefined;

  constructor(file: string, options: Pick<LogReadOptions, 'clock' | 'signal'>) {
    this.#options = options;
    this.#watcher = watch(path.dirname(file), { persistent: false }, () => this.#sound());
    this.#watcher.on('error', () => this.#sound());
    options.signal?.addEventListener('abort', this.#sound, { once: true });
  }

  async wait(): Promise<void> {
    if (!this.#rung && this.#options.signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.after(lookMs, resolve);
        this.#ring = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#ring = undefined;
    this.#rung = false;
  }

  close(): void {
    this.#options.signal?.removeEventListener('abort', this.#sound);
    this.#watcher.close();
  }

  #sound = (): void => {
    this.#rung = true;
    this.#ring?.();
  };
}
