/** What creating, listing and watching cost when there are few objects of a kind, and when there are many. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { processorTime, residentMemory } from './processor-time.ts';
import { startServerProcess } from './server-process.ts';

export interface GrowthFigures {
  readonly objects: number;
  /** Of the last creations up to this number, processor time of the server's main thread for each, µs. */
  readonly create: number;
  /** A list of all, and a watch until it has told of all, ms. */
  readonly list: number;
  readonly watch: number;
  /** Resident memory when all of this is done and the server has rested, MiB. */
  readonly memory: number;
}

const clients = 32;
const measured = 500;
const restMs = 15_000;
const path = '/api/v1/namespaces/default/configmaps';
const object = (i: number): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${i}`, labels: { shard: `s${i % 10}` } }, data: { key: 'x'.repeat(500) } });

/** One server that grows from size to size. */
export async function measureGrowth(folder: string, sizes: readonly number[]): Promise<GrowthFigures[]> {
  const server = await startServerProcess(folder, ['--no-node']);
  const connection = new Connection(server.kubeconfig);
  const figures: GrowthFigures[] = [];
  try {
    let made = 0;
    const createUpTo = async (count: number): Promise<void> => {
      const client = async (): Promise<void> => {
        while (made < count) await connection.ask('POST', path, object(made++));
      };
      await Promise.all(Array.from({ length: clients }, client));
    };
    for (const objects of sizes) {
      await createUpTo(objects - measured);
      const before = processorTime(server.pid).main;
      await createUpTo(objects);
      const create = ((processorTime(server.pid).main - before) * 1000) / measured;
      const list = await timed(() => connection.send('GET', path));
      const watch = await timed(() => watchAll(connection, objects));
      await sleep(restMs);
      figures.push({ objects, create, list, watch, memory: residentMemory(server.pid) });
    }
    return figures;
  } finally {
    connection.close();
    await server.stop();
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

async function watchAll(connection: Connection, objects: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const end = await connection.watch(`${path}?watch=1&resourceVersion=0`, (line) => {
    if (line.startsWith('{"type":"ADDED"') && ++seen === objects) resolve();
  });
  await promise;
  end();
}
