/** A DNS thread that ends without a word when it is asked for metrics. */
import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../dns/dns-protocol.ts';

parentPort?.on('message', ({ type }: ToWorker) => {
  if (type === 'metrics') process.exit(1);
});
await import('../dns/dns-worker.ts');
