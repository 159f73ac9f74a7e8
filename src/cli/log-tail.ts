/** Reads the end of a log file and follows it, also when it is put aside and begun anew. */
import { closeSync, fstatSync, openSync, readSync, statSync, watch } from 'node:fs';
import path from 'node:path';

const blockBytes = 64 * 1024;

/** The file's last `count` lines, and the offset where it ended. */
export function lastLines(file: string, count: number): { readonly text: string; readonly end: number } {
  const descriptor = openSync(file, 'r');
  try {
    const end = fstatSync(descriptor).size;
    let start = end;
    let tail = Buffer.alloc(0);
    while (start > 0 && countLines(tail) <= count) {
      const length = Math.min(blockBytes, start);
      start -= length;
      tail = Buffer.concat([readAt(descriptor, start, length), tail]);
    }
    const lines = tail.toString('utf8').split('\n');
    const complete = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
    const kept = count === 0 ? [] : complete.slice(-count);
    return { text: kept.length === 0 ? '' : `${kept.join('\n')}\n`, end };
  } finally {
    closeSync(descriptor);
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
}

/** What is added after `from`, until the signal. Changes are told by the system, not looked for. */
export async function* followFile(file: string, from: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  let descriptor = openSync(file, 'r');
  let offset = from;
  let wake = Promise.withResolvers<void>();
  const watcher = watch(path.dirname(file), (_event, name) => {
    if (name === null || name === path.basename(file)) wake.resolve();
  });
  const stop = (): void => wake.resolve();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      for (let bytes = readAt(descriptor, offset, blockBytes); bytes.length > 0; bytes = readAt(descriptor, offset, blockBytes)) {
        offset += bytes.length;
        yield bytes;
      }
      if (wasReplaced(file, descriptor)) {
        closeSync(descriptor);
        descriptor = openSync(file, 'r');
        offset = 0;
        continue;
      }
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    watcher.close();
    closeSync(descriptor);
  }
}

function wasReplaced(file: string, descriptor: number): boolean {
  const now = statSync(file, { throwIfNoEntry: false });
  return now !== undefined && now.ino !== fstatSync(descriptor).ino;
}
