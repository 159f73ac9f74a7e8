/** What the load gets of a server that does nothing (bare-server.ts): no API server in Node can answer the same load faster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { loadStep } from './api-load.ts';
import { Connection } from './connection.ts';

/** GETs a second, at most. */
export async function measureBareServer(folder: string, clients: number): Promise<number> {
  const kubeconfig = path.join(folder, 'bare.kubeconfig');
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'bare-server.ts'), kubeconfig], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(server.stdout, 'data');
    const connection = new Connection(kubeconfig);
    let best = 0;
    for (let round = 0; round < 3; round++) best = Math.max(best, (await loadStep(server.pid ?? 0, 3000, clients, (i) => connection.send('GET', `/api/v1/namespaces/bench/pods/p${i}`))).perSecond);
    connection.close();
    return best;
  } finally {
    const ended = once(server, 'close');
    server.kill('SIGTERM');
    await ended;
  }
}
