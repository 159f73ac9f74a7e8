/**
 * `node test/bench/capacity.ts [CRDS] [WATCHES]`: what many custom kinds and many idle watches cost a server. Prints one line a figure.
 * Run `npm run build` before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { residentMemory } from './processor-time.ts';
import { startServerProcess } from './server-process.ts';

const crds = Number(process.argv[2] ?? 500);
const watches = Number(process.argv[3] ?? 10_000);
const watchesPerConnection = 1000;
const say = (what: string, value: number, unit: string): void => console.log(`${what}: ${value.toFixed(value < 10 ? 2 : 0)} ${unit}`);

const schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field${i}`, { type: 'string', description: `The field number ${i} of a kind that is like many others.` }])) },
    status: { type: 'object', properties: { phase: { type: 'string' } } },
  },
};
const definition = (i: number): object => ({
  metadata: { name: `kind${i}s.bench.example.com` },
  spec: { group: 'bench.example.com', scope: 'Namespaced', names: { plural: `kind${i}s`, kind: `Kind${i}` }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } }] },
});

async function timed<T>(act: () => Promise<T>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

async function measureKinds(folder: string): Promise<void> {
  const empty = await startServerProcess(folder, ['--no-node']);
  await sleep(3000);
  const before = residentMemory(empty.pid);
  const connection = new Connection(empty.kubeconfig);
  const creation = await timed(async () => {
    for (let i = 0; i < crds; i += 20) await Promise.all(Array.from({ length: Math.min(20, crds - i) }, async (_, j) => connection.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition(i + j))));
  });
  say(`${crds} CRDs created`, creation, 'ms');
  await sleep(3000);
  say(`memory with ${crds} CRDs more than without`, residentMemory(empty.pid) - before, 'MB');
  say(`list of ${crds} CRDs`, await timed(() => connection.send('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions')), 'ms');
  say('list of one of their kinds', await timed(() => connection.send('GET', '/apis/bench.example.com/v1/kind1s')), 'ms');
  say('OpenAPI v3 of their group', await timed(() => connection.send('GET', '/openapi/v3/apis/bench.example.com/v1')), 'ms');
  connection.close();
  await empty.stop();
  const again = await startServerProcess(folder, ['--no-node']);
  say(`API ready with ${crds} CRDs`, again.startup.apiReady, 'ms');
  await again.stop();
}

async function measureWatches(folder: string): Promise<void> {
  const server = await startServerProcess(folder, ['--no-node']);
  const sessions: ClientHttp2Session[] = [];
  try {
    await sleep(3000);
    const before = residentMemory(server.pid);
    const connection = new Connection(server.kubeconfig);
    for (let open = 0; open < watches; open += watchesPerConnection) {
      const session = connect(connection.url, connection.tls);
      sessions.push(session);
      await Promise.all(Array.from({ length: Math.min(watchesPerConnection, watches - open) }, () => openWatch(session)));
    }
    await sleep(5000);
    const grown = residentMemory(server.pid) - before;
    say(`memory of ${watches} idle watches`, grown, 'MB');
    say('memory of one idle watch', (grown * 1024) / watches, 'KB');
    connection.close();
  } finally {
    for (const session of sessions) session.destroy();
    await server.stop();
  }
}

function openWatch(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'GET', ':path': '/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=600&resourceVersion=0&fieldSelector=metadata.name%3Dnothing', accept: 'application/json' });
    stream.on('response', () => resolve());
    stream.on('error', reject);
    stream.resume();
  });
}

for (const measure of [measureKinds, measureWatches]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-capacity-'));
  try {
    await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
