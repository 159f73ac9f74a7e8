/** How soon Pods with real containers are Ready, as a watcher sees it: one after the other, and many at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { busyboxName } from '../harness/busybox-image.ts';
import type { Connection } from './connection.ts';

const podsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

type PodSpec = Readonly<Record<string, unknown>>;

const sleeper: PodSpec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: busyboxName, imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] }] };

/** Volumes of several kinds and a readiness probe, beside the token that every Pod has. */
const furnished: PodSpec = {
  terminationGracePeriodSeconds: 0,
  containers: [{
    name: 'c', image: busyboxName, imagePullPolicy: 'IfNotPresent', command: ['httpd', '-f', '-p', '80', '-h', '/config'],
    readinessProbe: { httpGet: { path: '/key', port: 80 }, periodSeconds: 1 },
    volumeMounts: [{ name: 'config', mountPath: '/config' }, { name: 'secret', mountPath: '/secret' }, { name: 'facts', mountPath: '/facts' }, { name: 'scratch', mountPath: '/scratch' }],
  }],
  volumes: [
    { name: 'config', configMap: { name: 'bench' } }, { name: 'secret', secret: { secretName: 'bench' } },
    { name: 'facts', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } }, { name: 'scratch', emptyDir: { medium: 'Memory' } },
  ],
};

export interface PodLatency {
  /** Median over single Pods, create to Ready, ms. */
  readonly one: number;
  /** The same for Pods with volumes and a probe. */
  readonly oneFurnished: number;
  /** All of a burst Ready, ms. */
  readonly burst: number;
}

export async function measurePodLatency(connection: Connection, singles: number, burst: number): Promise<PodLatency> {
  for (const [plural, kind] of [['configmaps', 'ConfigMap'], ['secrets', 'Secret']] as const) {
    await connection.ask('POST', `/api/v1/namespaces/default/${plural}`, { apiVersion: 'v1', kind, metadata: { name: 'bench' }, data: { key: 'dmFsdWU=' } });
  }
  const pods = await PodWatch.open(connection);
  const one = await medianOf(singles, pods, sleeper);
  const oneFurnished = await medianOf(singles, pods, furnished);
  const names = Array.from({ length: burst }, (_, i) => `many-${i}`);
  const all = await timed(() => Promise.all(names.map((name) => pods.start(name))));
  await Promise.all(names.map((name) => pods.remove(name)));
  pods.close();
  return { one, oneFurnished, burst: all };
}

async function medianOf(singles: number, pods: PodWatch, spec: PodSpec): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < singles; i++) {
    const name = `one-${i}`;
    times.push(await timed(() => pods.start(name, spec)));
    await pods.remove(name);
  }
  times.sort((a, b) => a - b);
  return times[singles >> 1] ?? 0;
}

/** How soon a namespace with so many running Pods is gone after it was deleted, ms. */
export async function measureNamespaceEnd(connection: Connection, count: number): Promise<number> {
  const namespace = 'bench-end';
  await connection.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  while ((await connection.send('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`)).status !== 200) await sleep(20);
  const pods = await PodWatch.open(connection, namespace);
  await Promise.all(Array.from({ length: count }, (_, i) => pods.start(`pod-${i}`)));
  pods.close();
  return timed(async () => {
    await connection.ask('DELETE', `/api/v1/namespaces/${namespace}`);
    while ((await connection.send('GET', `/api/v1/namespaces/${namespace}`)).status === 200) await sleep(50);
  });
}

/** Starts Pods that only sleep; resolves when all are Ready. */
export async function startSleepers(connection: Connection, names: readonly string[]): Promise<() => Promise<void>> {
  const pods = await PodWatch.open(connection);
  await Promise.all(names.map((name) => pods.start(name)));
  return async () => {
    await Promise.all(names.map((name) => pods.remove(name)));
    pods.close();
  };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

interface Seen {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name?: string }; readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } };
}

class PodWatch {
  readonly #connection: Connection;
  readonly #pods: string;
  readonly #waiting = new Map<string, () => void>();
  #end: () => void = () => undefined;

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#pods = podsOf(namespace);
  }

  static async open(connection: Connection, namespace = 'default'): Promise<PodWatch> {
    const watch = new PodWatch(connection, namespace);
    const { metadata } = await connection.ask<{ metadata: { resourceVersion: string } }>('GET', `${podsOf(namespace)}?limit=1`);
    watch.#end = await connection.watch(`${podsOf(namespace)}?watch=1&resourceVersion=${metadata.resourceVersion}`, (line) => watch.#see(JSON.parse(line) as Seen));
    return watch;
  }

  async start(name: string, spec: PodSpec = sleeper): Promise<void> {
    const ready = this.#when(`${name} ready`);
    await this.#connection.ask('POST', this.#pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
    await ready;
  }

  async remove(name: string): Promise<void> {
    const gone = this.#when(`${name} gone`);
    await this.#connection.ask('DELETE', `${this.#pods}/${name}?gracePeriodSeconds=0`);
    await gone;
  }

  close(): void {
    this.#end();
  }

  #when(what: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(what, resolve));
  }

  #see({ type, object }: Seen): void {
    const { name = '' } = object.metadata;
    const isReady = object.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
    const what = type === 'DELETED' ? `${name} gone` : isReady ? `${name} ready` : undefined;
    if (what === undefined) return;
    this.#waiting.get(what)?.();
    this.#waiting.delete(what);
  }
}
