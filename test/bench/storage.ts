/**
 * Writes per second of each storage backend: `node test/bench/storage.ts [writes]`. Values have 2 KB, as a Pod has.
 * Besides the rate it prints the main thread's own CPU time per write: what the API server loses to storage.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { createSqliteStore } from '../../src/storage/sqlite-store.ts';
import type { Revision, Store } from '../../src/storage/store.ts';

const count = Number(process.argv[2] ?? 20_000);
const value = new Uint8Array(2048).fill(120);

/** Runs `count` writes, `writers` at a time, and prints rate, latency and CPU. */
async function measure(name: string, writers: number, writes: number, write: (index: number) => Promise<unknown>): Promise<void> {
  const latencies: number[] = [];
  let next = 0;
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: writers }, async () => {
    while (next < writes) {
      const index = next++;
      const begun = performance.now();
      await write(index);
      latencies.push(performance.now() - begun);
    }
  }));
  const seconds = (performance.now() - start) / 1000;
  const used = process.threadCpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number): string => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
  console.log([
    name.padEnd(34), `${Math.round(writes / seconds)}/s`.padStart(10), `p50 ${at(0.5)} ms`, `p99 ${at(0.99)} ms`,
    `main thread ${((used.user + used.system) / writes).toFixed(0)} us each`,
  ].join('  '));
}

async function benchmark(name: string, store: Store): Promise<void> {
  const revisions = new Map<string, Revision>();
  const keyOf = (index: number): string => `/registry/pods/ns-${index % 100}/pod-${(index * 7919) % count}`;
  const create = async (index: number): Promise<void> => {
    const key = keyOf(index);
    const result = await store.create(key, value);
    if (result.ok) revisions.set(key, result.revision);
  };
  const update = async (index: number): Promise<void> => {
    const key = keyOf(index);
    const result = await store.update(key, value, revisions.get(key) ?? 0);
    if (result.ok) revisions.set(key, result.revision);
  };
  await measure(`${name}: create, 32 writers`, 32, count, create);
  await measure(`${name}: update, 32 writers`, 32, count, update);
  await measure(`${name}: update, 1 writer`, 1, Math.ceil(count / 10), update);
  await measure(`${name}: get, 32 readers`, 32, count, (index) => store.get(keyOf(index)));
  await measure(`${name}: list of everything`, 1, 5, () => store.list('/registry/pods/'));
  console.log(`${name}: ${(await store.size() / 2 ** 20).toFixed(0)} MB; process ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB resident`);
  await store.close();
}

const directory = mkdtempSync(join(tmpdir(), 'k8ts-bench-'));
try {
  await benchmark('sqlite', await createSqliteStore({ file: join(directory, 'state.db'), clock: systemClock, logger: silentLogger }));
  await benchmark('memory', createMemoryStore({ clock: systemClock }));
} finally {
  rmSync(directory, { recursive: true });
}
