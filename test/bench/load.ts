/** Load on a server with few words, for work on one step: `node test/bench/load.ts [ROUNDS [SERVER OPTIONS]]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runLoad } from './api-load.ts';
import { Connection } from './connection.ts';
import { residentMemory } from './processor-time.ts';
import { startServerProcess } from './server-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-load-'));
const server = await startServerProcess(folder, ['--no-node', ...process.argv.slice(3)]);
try {
  const connection = new Connection(server.kubeconfig);
  console.log(`idle ${residentMemory(server.pid).toFixed(0)} MB`);
  for (let round = 0; round < Number(process.argv[2] ?? 1); round++) {
    const results = await runLoad({ connection, pid: server.pid, pods: 3000, clients: 32, watchers: 50 });
    console.table(Object.fromEntries(Object.entries(results).map(([step, { perSecond, p50, p99, errors, cost, starved }]) => [
      step,
      { 'per s': Math.round(perSecond), 'p50 ms': p50.toFixed(1), 'p99 ms': p99.toFixed(1), errors, 'us each': Math.round(cost), starved: starved.toFixed(2), 'at most per s': Math.round(1e6 / cost) },
    ])));
    console.log(`${residentMemory(server.pid).toFixed(0)} MB`);
  }
  connection.close();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
