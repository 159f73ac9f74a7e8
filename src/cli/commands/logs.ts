/** `k8ts logs`: what a background server logs. */
import { existsSync } from 'node:fs';
import { namedFolder } from '../data-folder.ts';
import { Failure, usageError } from '../failure.ts';
import { followFile, lastLines } from '../log-tail.ts';
import { runningServer } from '../server-state.ts';

export interface LogsOptions {
  readonly dataDir: string | undefined;
  readonly follow: boolean;
  readonly tail: string;
}

export async function logs({ dataDir, follow, tail }: LogsOptions): Promise<number> {
  if (!/^\d+$/.test(tail) && tail !== 'all') throw usageError(`--tail ${tail} is not a number of lines`);
  const directory = namedFolder(dataDir);
  if (!existsSync(directory.log)) {
    const foreground = runningServer(directory)?.background === false;
    throw new Failure(foreground ? `the server in ${directory.root} runs in the foreground and logs there` : `there are no logs in ${directory.root}: no server has run there in the background`);
  }
  const { text, end } = lastLines(directory.log, tail === 'all' ? Infinity : Number(tail));
  process.stdout.write(text);
  if (!follow) return 0;
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  for await (const more of followFile(directory.log, end, stopping.signal)) process.stdout.write(more);
  return 0;
}
