/** Load on the API: the same steps as against upstream, so that the figures compare. */
import type { Answer, Connection } from './connection.ts';
import { processorTime } from './processor-time.ts';

export interface LoadOptions {
  readonly connection: Connection;
  /** The server's process; its processor time is measured along. */
  readonly pid: number;
  readonly pods: number;
  readonly clients: number;
  readonly watchers: number;
}

export interface StepResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  /** Processor time of the server's main thread for one operation, µs. */
  readonly cost: number;
  /** Share of the step in which the server's main thread waited for a processor. */
  readonly starved: number;
}

export type LoadStep = 'create' | 'get' | 'patch' | 'list' | 'list by label' | 'watch events' | 'delete';

export async function runLoad(options: LoadOptions): Promise<Record<LoadStep, StepResult>> {
  const { connection, pods, clients } = options;
  const namespace = `bench-${process.pid}-${Math.round(performance.now())}`;
  const base = `/api/v1/namespaces/${namespace}`;
  await connection.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (;;) if ((await connection.send('GET', `${base}/serviceaccounts/default`)).status === 200) break;
  const half = Math.floor(pods / 2);
  const step = (count: number, among: number, act: (index: number) => Promise<Answer>): Promise<StepResult> => loadStep(options.pid, count, among, act);
  const create = await step(pods, clients, (i) => connection.send('POST', `${base}/pods`, pod(i)));
  const get = await step(pods, clients, (i) => connection.send('GET', `${base}/pods/p${i}`));
  const patch = await step(half, clients, (i) => connection.send('PATCH', `${base}/pods/p${i}`, { metadata: { labels: { rev: String(i) } } }, 'application/merge-patch+json'));
  const list = await step(30, 4, () => connection.send('GET', `${base}/pods`));
  const byLabel = await step(90, 4, () => connection.send('GET', `${base}/pods?labelSelector=shard%3Ds3`));
  const events = await fanOut(options, base);
  const remove = await step(half, clients, (i) => connection.send('DELETE', `${base}/pods/p${i}?gracePeriodSeconds=0`));
  await connection.send('DELETE', `/api/v1/namespaces/${namespace}`);
  return { create, get, patch, list, 'list by label': byLabel, 'watch events': events, delete: remove };
}

/** `count` acts, so many of them at a time, against the server that is process `pid`. */
export async function loadStep(pid: number, count: number, among: number, act: (index: number) => Promise<Answer>): Promise<StepResult> {
  const latencies: number[] = [];
  let next = 0;
  let errors = 0;
  const before = processorTime(pid);
  const start = performance.now();
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const begun = performance.now();
      if ((await act(index)).status >= 300) errors++;
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: among }, client));
  return summary(pid, before, start, latencies, count, errors);
}

function summary(pid: number, before: ReturnType<typeof processorTime>, start: number, latencies: number[], count: number, errors: number): StepResult {
  const ms = performance.now() - start;
  const after = processorTime(pid);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { perSecond: (count * 1000) / ms, p50: at(0.5), p99: at(0.99), errors, cost: ((after.main - before.main) * 1000) / count, starved: (after.starved - before.starved) / ms };
}

const burst = 500;

/** Many watchers of one namespace see many creations; latency is from the request to the line. */
async function fanOut({ connection, pid, clients, watchers }: LoadOptions, base: string): Promise<StepResult> {
  const { metadata } = await connection.ask<{ metadata: { resourceVersion: string } }>('GET', `${base}/configmaps?limit=1`);
  const sent = new Map<string, number>();
  const latencies: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const onLine = (line: string): void => {
    const begun = sent.get(/"name":"(w\d+)"/.exec(line)?.[1] ?? '');
    if (begun === undefined) return;
    latencies.push(performance.now() - begun);
    if (latencies.length === watchers * burst) resolve();
  };
  const ends = await Promise.all(Array.from({ length: watchers }, () => connection.watch(`${base}/configmaps?watch=1&resourceVersion=${metadata.resourceVersion}`, onLine)));
  const before = processorTime(pid);
  const start = performance.now();
  await loadStep(pid, burst, clients, (i) => {
    sent.set(`w${i}`, performance.now());
    return connection.send('POST', `${base}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `w${i}` }, data: { k: padding } });
  });
  await promise;
  const result = summary(pid, before, start, latencies, watchers * burst, 0);
  for (const end of ends) end();
  return result;
}

const padding = 'x'.repeat(200);

function pod(index: number): object {
  const container = (name: string): object => ({
    name,
    image: 'example.test/app:1',
    env: Array.from({ length: 6 }, (_, i) => ({ name: `V${i}`, value: padding.slice(0, 40) })),
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${index}`, labels: { app: 'bench', shard: `s${index % 10}` }, annotations: { note: padding } },
    spec: { nodeName: 'no-such-node', schedulerName: 'none', terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, containers: [container('c0'), container('c1')] },
  };
}
