/** How soon Pods with real containers are Ready, as a watcher sees it: one after the other, and many at once. */
import { busyboxName } from '../harness/busybox-image.ts';
import type { Connection } from './connection.ts';

const base = '/api/v1/namespaces/default/pods';

export interface PodLatency {
  /** Median over single Pods, create to Ready, ms. */
  readonly one: number;
  /** All of a burst Ready, ms. */
  readonly burst: number;
}

export async function measurePodLatency(connection: Connection, singles: number, burst: number): Promise<PodLatency> {
  const pods = await PodWatch.open(connection);
  const single: number[] = [];
  for (let i = 0; i < singles; i++) {
    const name = `one-${i}`;
    single.push(await timed(() => pods.start(name)));
    await pods.remove(name);
  }
  const names = Array.from({ length: burst }, (_, i) => `many-${i}`);
  const all = await timed(() => Promise.all(names.map((name) => pods.start(name))));
  await Promise.all(names.map((name) => pods.remove(name)));
  pods.close();
  single.sort((a, b) => a - b);
  return { one: single[single.length >> 1] ?? 0, burst: all };
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
  readonly #waiting = new Map<string, () => void>();
  #end: () => void = () => undefined;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async open(connection: Connection): Promise<PodWatch> {
    const watch = new PodWatch(connection);
    const { metadata } = await connection.ask<{ metadata: { resourceVersion: string } }>('GET', `${base}?limit=1`);
    watch.#end = await connection.watch(`${base}?watch=1&resourceVersion=${metadata.resourceVersion}`, (line) => watch.#see(JSON.parse(line) as Seen));
    return watch;
  }

  async start(name: string): Promise<void> {
    const ready = this.#when(`${name} ready`);
    const container = { name: 'c', image: busyboxName, imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] };
    await this.#connection.ask('POST', base, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } });
    await ready;
  }

  async remove(name: string): Promise<void> {
    const gone = this.#when(`${name} gone`);
    await this.#connection.ask('DELETE', `${base}/${name}?gracePeriodSeconds=0`);
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
