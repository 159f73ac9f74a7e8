/**
 * Containers' logs once more in the form of Docker's json-file driver, one object a line, for log collectors that were set up for it
 * (compatibility setting json-file-logs). The runtime writes its own form, which everything here reads; beside each such file a
 * second one follows it, to which the link in /var/log/containers leads. A follower that is started again goes on where the file ends.
 */
import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Clock } from '../../base/clock.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { parseLogLine, type LogEntry } from './log-line.ts';
import { logLines } from './log-reader.ts';

/** '.../0.log' → '.../0-json.log' */
export const jsonFileOf = (log: string): string => log.replace(/\.log$/, '-json.log');

/** The line without its end. What a container wrote without a line break has none in `log` either. */
export function jsonLine({ text, partial, stream, time }: LogEntry): string {
  return JSON.stringify({ log: partial ? text : `${text}\n`, stream, time: instantOf(time) });
}

/** RFC 3339 in UTC, with as many digits as it takes. */
function instantOf(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1]?.replace(/0+$/, '') ?? '';
  return `${new Date(time).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Sorts as the instants do: '…:05Z' comes before '…:05.1Z'. */
const sortable = (instant: string): string => instant.replace('Z', '');

const maxBytes = 10 * 1024 * 1024;
/** An ended container's log is watched a little longer: asking costs more than waiting. */
const askEveryMs = 30_000;

export interface JsonFileLogsOptions {
  /** Whether the container may still write. */
  readonly running: (id: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class JsonFileLogs {
  readonly #options: JsonFileLogsOptions;
  readonly #closing = new AbortController();
  readonly #followers = new Map<string, Promise<void>>();

  constructor(options: JsonFileLogsOptions) {
    this.#options = options;
  }

  /** Copies what the runtime writes to `file`, until the container has ended. Following twice is following once. */
  follow(id: string, file: string): void {
    if (this.#followers.has(id) || this.#closing.signal.aborted) return;
    const following = this.#copy(id, file).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') this.#options.log.warn('a log is not copied any more', { file, error: messageOf(error) });
    });
    this.#followers.set(id, following.finally(() => this.#followers.delete(id)));
  }

  /** What is not copied by then is copied by the next who follows. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#followers.values());
  }

  async #copy(id: string, file: string): Promise<void> {
    const target = jsonFileOf(file);
    const last = sortable(await lastInstant(target));
    const { clock } = this.#options;
    let asked = clock.monotonic();
    const running = async (): Promise<boolean> => {
      if (clock.monotonic() - asked < askEveryMs) return true;
      asked = clock.monotonic();
      return this.#options.running(id);
    };
    let copy = await open(target, 'a', 0o640);
    let size = (await copy.stat()).size;
    try {
      for await (const line of logLines(file, { follow: true, running, clock, signal: this.#closing.signal })) {
        const entry = parseLogLine(line.toString('utf8'));
        if (!entry || (last !== '' && sortable(instantOf(entry.time)) <= last)) continue;
        size += (await copy.write(`${jsonLine(entry)}\n`)).bytesWritten;
        if (size <= maxBytes) continue;
        await copy.close();
        await rename(target, `${target}.1`);
        copy = await open(target, 'a', 0o640);
        size = 0;
      }
    } finally {
      await copy.close();
    }
  }
}

/** The time of the last whole line; '' where there is none. */
async function lastInstant(file: string): Promise<string> {
  let instant = '';
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) instant = /"time":"([^"]+)"\}$/.exec(line)?.[1] ?? instant;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return instant;
}
