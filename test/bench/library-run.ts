/** Measures the library in this process and prints the figures as JSON: started by library.ts, so that nothing is warm. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { deployments } from '../../src/resources/apps/deployment.ts';
import type { Cluster } from '../../src/cluster/index.ts';
import { LoopDelay } from './loop-delay.ts';

const since = (start: number): number => performance.now() - start;

const loading = performance.now();
const bundle = path.resolve(import.meta.dirname, '../../dist/index.js');
const { startCluster } = (await import(pathToFileURL(bundle).href)) as typeof import('../../src/cluster/index.ts');
const loaded = since(loading);

const starting = performance.now();
const first = await startCluster();
const ready = since(starting);

const scaling = performance.now();
const delay = new LoopDelay();
await rollOut(first, 500);
const scaled = since(scaling);
const longestTurn = delay.stop();
await first.close();

const many = performance.now();
const clusters = await Promise.all(Array.from({ length: 20 }, () => startCluster()));
const manyReady = since(many);
await Promise.all(clusters.map((cluster) => cluster.close()));

console.log(JSON.stringify({ loaded, ready, manyReady, scaled, ...longestTurn }));

/** Resolves when a Deployment of so many replicas has its Pod objects. */
async function rollOut({ client, settled }: Cluster, replicas: number): Promise<void> {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } };
  await client.of(deployments).namespace('default').create({ metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: labels }, template } });
  await settled();
}
