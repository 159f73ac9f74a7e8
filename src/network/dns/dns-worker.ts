/** The DNS server's thread: keeps the cluster's names as told and answers, whatever the main thread is busy with. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { CloseStack } from '../../base/lifecycle.ts';
import { systemRandom } from '../../base/random.ts';
import { listenDns, listenMetrics } from './dns-listeners.ts';
import type { DnsMetrics, DnsWorkerOptions, FromWorker, ToWorker } from './dns-protocol.ts';
import { metricsText } from './metrics-text.ts';
import { Responder } from './responder.ts';
import { Upstreams } from './upstreams.ts';
import { Zone } from './zone.ts';

const options = workerData as DnsWorkerOptions;
const port = parentPort;
if (!port) throw new Error('dns-worker runs as a worker thread only');

const tell = (message: FromWorker): void => port.postMessage(message);
const zone = new Zone({ domain: options.domain, localRanges: options.localRanges });
const upstreams = new Upstreams(options.upstreams, { clock: systemClock, random: systemRandom });
const responder = new Responder(zone, upstreams);
const closing = new CloseStack();
let complete = false;

function metrics(): DnsMetrics {
  const { queries, rcodes, remembered, malformed } = responder.counters;
  return { queries, responses: { ...rcodes }, remembered, malformed, forwarded: upstreams.misses, forwardedFromCache: upstreams.hits };
}

function receive(message: ToWorker): void {
  if (message.type === 'update') {
    for (const { owner, records } of message.updates) zone.put(owner, records);
    responder.forget();
    complete ||= message.complete;
    tell({ type: 'done', sequence: message.sequence });
  } else if (message.type === 'metrics') {
    tell({ type: 'metrics', sequence: message.sequence, metrics: metrics() });
  } else if (message.type === 'upstreams') {
    upstreams.use(message.servers);
  } else {
    void closing.close().finally(() => port?.close());
  }
}

async function listen(): Promise<void> {
  const dns = closing.add(await listenDns(responder, options.address, options.port), (listening) => listening.close());
  const http = options.metricsPort === undefined ? undefined : closing.add(await listenMetrics(options.address, options.metricsPort, () => complete, () => metricsText(metrics())), (listening) => listening.close());
  closing.defer(() => upstreams.close());
  tell({ type: 'listening', port: dns.port, metricsPort: http?.port });
}

port.on('message', receive);
listen().catch(async (error: unknown) => {
  await closing.close().catch(() => {});
  tell({ type: 'failed', message: messageOf(error) });
  port.close();
});
