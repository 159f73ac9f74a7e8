/** The worker thread of the SQLite store: serves requests in order and drops old rows when there is nothing to serve. */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from './sqlite-failure.ts';
import { SqliteLog } from './sqlite-log.ts';
import type { Greeting, Numbered, Reply, WorkerOptions } from './sqlite-protocol.ts';

const { file, maxBytes } = workerData as WorkerOptions;
const port = parentPort;
if (!port) throw new Error('sqlite-worker runs as a worker thread only');

function open(): SqliteLog | undefined {
  try {
    const log = new SqliteLog(file, maxBytes);
    port?.postMessage({ opened: log.opened() } satisfies Greeting);
    return log;
  } catch (error) {
    port?.postMessage({ failed: failureOf(error, file) } satisfies Greeting);
    return undefined;
  }
}

function answer(log: SqliteLog, { id, request }: Numbered): Reply {
  try {
    return { id, answer: log.serve(request) };
  } catch (error) {
    return { id, failed: failureOf(error, file) };
  }
}

const log = open();
let tidying: NodeJS.Immediate | undefined;

/** One step each turn of the event loop: requests that have come in meanwhile go first. */
function tidyInTurn(opened: SqliteLog): void {
  if (tidying || !opened.untidy) return;
  tidying = setImmediate(() => {
    tidying = undefined;
    try {
      opened.tidy();
      tidyInTurn(opened);
    } catch {
      // Not fatal and not news: a disk that fails fails the next commit, whose writers are told. The next compaction tries again.
    }
  });
}

if (log) {
  port.on('message', (message: Numbered) => {
    port.postMessage(answer(log, message));
    if (message.request.op === 'close') {
      clearImmediate(tidying);
      port.close();
    } else if (message.request.op === 'compact') {
      tidyInTurn(log);
    }
  });
  tidyInTurn(log);
}
