/**
 * The cluster DNS server. This thread follows Services, EndpointSlices and namespaces and tells the DNS thread (dns-worker.ts) what
 * names changed; that thread answers. Pods reach it through the Service kube-dns (kube-dns.ts).
 */
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices, serviceNameLabel } from '../../resources/discovery/endpoint-slice.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import type { DnsMetrics, DnsWorkerOptions, FromWorker, RecordUpdate, ToWorker } from './dns-protocol.ts';
import { namespaceRecords, serviceRecords } from './dns-records.ts';
import { kubeDnsKeeper, type KubeDnsContext } from './kube-dns.ts';
import { nameservers, type Nameserver } from './resolv-conf.ts';

export interface DnsOptions {
  /** Where Pods' queries are led to: one address of the node, not 0.0.0.0, since answers must come from it. Port 0: any free one. */
  readonly listen: { readonly address: string; readonly port: number; /** What the Service's endpoint says, where that is another address. */ readonly announced?: string };
  /** Default 'cluster.local'. */
  readonly clusterDomain?: string;
  /** The address of the Service kube-dns; default 10.96.0.10. */
  readonly clusterIP?: string;
  /** Where metrics, health and readiness are served; absent: nowhere. */
  readonly metricsPort?: number;
  /** Ranges whose addresses have no names elsewhere: the Services' and the Pods'. */
  readonly localRanges?: readonly string[];
  /** Who is asked about other names; default: the name servers of the host's resolv.conf. */
  readonly upstreams?: readonly Nameserver[];
  /** Default /etc/resolv.conf. */
  readonly resolvConf?: string;
  /** The built worker, where the program is bundled. */
  readonly workerUrl?: URL;
}

export interface Dns extends Closable {
  /** Resolves when queries are answered and all names are known. Rejects when the address is taken. */
  start(): Promise<void>;
  readonly port: number;
  readonly ready: boolean;
  /** True when the DNS thread knows what the informers last said and kube-dns is as it should be. */
  readonly idle: boolean;
  metrics(): Promise<DnsMetrics>;
}

const sliceIndex = 'network/service';
/** The host's resolv.conf is read again this often: laptops change networks. */
const resolvConfInterval = 15_000;
const restartAfter = 500;

export function createDns(context: KubeDnsContext, options: DnsOptions): Dns {
  return new ThreadedDns(context, options);
}

class ThreadedDns implements Dns {
  readonly #options: DnsOptions;
  readonly #domain: string;
  readonly #context: KubeDnsContext;
  readonly #keeper: ReturnType<typeof kubeDnsKeeper>;
  readonly #dirty = new Set<string>();
  readonly #removeHandlers: (() => void)[] = [];
  readonly #waiting = new Map<number, (message: FromWorker) => void>();
  #worker: Worker | undefined;
  #listening: { readonly port: number; readonly metricsPort: number | undefined } | undefined;
  #sequence = 0;
  #ready = false;
  #planned = false;
  #closed = false;
  /** The host's name servers as last read, as JSON. */
  #upstreams = '';
  readonly #timers = new Set<Timer>();

  constructor(context: KubeDnsContext, options: DnsOptions) {
    this.#context = context;
    this.#options = options;
    this.#domain = options.clusterDomain ?? 'cluster.local';
    this.#keeper = kubeDnsKeeper(context, options.clusterIP ?? '10.96.0.10', () => ({ address: options.listen.announced ?? options.listen.address, port: this.port, metricsPort: this.#listening?.metricsPort }));
    const { informers } = context;
    this.#follow(informers.of(services), (service) => [`service ${objectKey(service)}`]);
    this.#follow(informers.of(namespaces), ({ metadata }) => [`namespace ${metadata.name ?? ''}`]);
    const slices = informers.of(endpointSlices).addIndex(sliceIndex, (slice) => (serviceOf(slice) === undefined ? [] : [serviceOf(slice) ?? '']));
    this.#follow(slices, (slice) => (serviceOf(slice) === undefined ? [] : [`service ${serviceOf(slice) ?? ''}`]));
  }

  get port(): number {
    return this.#listening?.port ?? this.#options.listen.port;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get idle(): boolean {
    return this.#dirty.size === 0 && this.#waiting.size === 0 && this.#keeper.idle;
  }

  async start(): Promise<void> {
    const { informers } = this.#context;
    const all = [informers.of(services), informers.of(namespaces), informers.of(endpointSlices)];
    for (const informer of all) informer.start();
    await Promise.all([...all.map((informer) => informer.synced), this.#keeper.synced()]);
    await this.#listen();
    await this.#flush(true);
    this.#ready = true;
    this.#keeper.start();
    this.#watchResolvConf();
  }

  async metrics(): Promise<DnsMetrics> {
    const answer = await this.#ask((sequence) => ({ type: 'metrics', sequence }));
    if (answer?.type !== 'metrics') throw new Error('the DNS server is closed');
    return answer.metrics;
  }

  async close(): Promise<void> {
    this.#ready = false;
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    for (const remove of this.#removeHandlers.splice(0)) remove();
    await this.#keeper.close();
    const worker = this.#worker;
    this.#worker = undefined;
    if (!worker) return;
    const gone = once(worker, 'exit');
    worker.postMessage({ type: 'close' } satisfies ToWorker);
    await gone;
  }

  #follow<T extends KubeObject>(informer: Informer<T>, ownersOf: (object: T) => readonly string[]): void {
    const mark = (object: T): void => {
      for (const owner of ownersOf(object)) this.#dirty.add(owner);
      this.#plan();
    };
    const updated = (object: T, old: T): void => {
      mark(old);
      mark(object);
    };
    this.#removeHandlers.push(informer.addHandler({ added: mark, deleted: mark, updated }));
  }

  /** Changes of one turn of the event loop go to the thread together. */
  #plan(): void {
    if (!this.#ready || this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      if (this.#ready) void this.#flush(false);
    });
  }

  async #flush(complete: boolean): Promise<void> {
    const updates = [...this.#dirty].map((owner) => this.#updateOf(owner));
    this.#dirty.clear();
    await this.#ask((sequence) => ({ type: 'update', sequence, updates, complete }));
  }

  #updateOf(owner: string): RecordUpdate {
    const { informers } = this.#context;
    const space = owner.indexOf(' ');
    const key = owner.slice(space + 1);
    if (owner.startsWith('namespace ')) return { owner, records: informers.of(namespaces).get(key) ? namespaceRecords(key, this.#domain) : [] };
    const service = informers.of(services).get(key);
    return { owner, records: service ? serviceRecords(service, informers.of(endpointSlices).byIndex(sliceIndex, key), this.#domain) : [] };
  }

  async #listen(): Promise<void> {
    const { listen, metricsPort, localRanges = [], workerUrl = new URL('./dns-worker.ts', import.meta.url) } = this.#options;
    const upstreams = await this.#nameservers();
    this.#upstreams = JSON.stringify(upstreams);
    const workerData: DnsWorkerOptions = { address: listen.address, port: this.port, metricsPort, domain: this.#domain, localRanges, upstreams };
    const worker = new Worker(workerUrl, { workerData, name: 'dns' });
    const [greeting] = (await once(worker, 'message')) as [FromWorker];
    if (greeting.type !== 'listening') throw new Error(`the DNS server cannot listen on ${listen.address}:${this.port}: ${greeting.type === 'failed' ? greeting.message : ''}`);
    this.#listening = greeting;
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'done' || message.type === 'metrics') this.#waiting.get(message.sequence)?.(message);
    });
    worker.on('error', (error) => this.#context.logger.error('the DNS thread failed', { error: error.message }));
    worker.on('exit', () => this.#ended(worker));
  }

  /** The thread is gone: what was asked of it stays unanswered, and, unless it was closed, another takes its place. */
  #ended(worker: Worker): void {
    for (const answered of [...this.#waiting.values()]) answered({ type: 'failed', message: 'the DNS thread ended' });
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#ready = false;
    this.#after(restartAfter, () => void this.#restart());
  }

  async #restart(): Promise<void> {
    const { informers } = this.#context;
    try {
      for (const service of informers.of(services).list()) this.#dirty.add(`service ${objectKey(service)}`);
      for (const { metadata } of informers.of(namespaces).list()) this.#dirty.add(`namespace ${metadata.name ?? ''}`);
      await this.#listen();
      await this.#flush(true);
      this.#ready = true;
    } catch (error) {
      this.#context.logger.error('the DNS server did not come back, trying again', { error: messageOf(error) });
      this.#after(restartAfter, () => void this.#restart());
    }
  }

  async #nameservers(): Promise<readonly Nameserver[]> {
    const { upstreams, resolvConf = '/etc/resolv.conf', listen, clusterIP = '10.96.0.10' } = this.#options;
    return upstreams ?? nameservers(await readFile(resolvConf, 'utf8').catch(() => ''), [listen.address, clusterIP]);
  }

  #watchResolvConf(): void {
    if (this.#options.upstreams) return;
    this.#after(resolvConfInterval, () => {
      void this.#nameservers().then((servers) => {
        const now = JSON.stringify(servers);
        if (now !== this.#upstreams) this.#worker?.postMessage({ type: 'upstreams', servers } satisfies ToWorker);
        this.#upstreams = now;
        this.#watchResolvConf();
      });
    });
  }

  #after(ms: number, fire: () => void): void {
    if (this.#closed) return;
    const timer = this.#context.clock.after(ms, () => {
      this.#timers.delete(timer);
      if (!this.#closed) fire();
    });
    this.#timers.add(timer);
  }

  #ask(message: (sequence: number) => ToWorker): Promise<FromWorker | undefined> {
    const worker = this.#worker;
    if (!worker) return Promise.resolve(undefined);
    const sequence = ++this.#sequence;
    return new Promise((resolve) => {
      this.#waiting.set(sequence, (answer) => {
        this.#waiting.delete(sequence);
        resolve(answer);
      });
      worker.postMessage(message(sequence));
    });
  }
}

/** The key of the Service that a slice belongs to. */
function serviceOf({ metadata }: discoveryv1.EndpointSlice): string | undefined {
  const name = metadata.labels?.[serviceNameLabel];
  return name === undefined ? undefined : `${metadata.namespace ?? ''}/${name}`;
}
