/** What the main thread and the DNS thread tell each other. */
import type { DnsRecord } from './dns-records.ts';
import type { Nameserver } from './resolv-conf.ts';

export interface DnsWorkerOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where /metrics, /health and /ready are served; absent: nowhere. */
  readonly metricsPort?: number | undefined;
  readonly domain: string;
  readonly localRanges: readonly string[];
  readonly upstreams: readonly Nameserver[];
}

/** Owner → its records; none: it is gone. */
export interface RecordUpdate {
  readonly owner: string;
  readonly records: readonly DnsRecord[];
}

export type ToWorker =
  | { readonly type: 'update'; readonly sequence: number; readonly updates: readonly RecordUpdate[]; /** All that exists has been told. */ readonly complete: boolean }
  | { readonly type: 'metrics'; readonly sequence: number }
  /** Other name servers are to be asked from now on. */
  | { readonly type: 'upstreams'; readonly servers: readonly Nameserver[] }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'listening'; readonly port: number; readonly metricsPort: number | undefined }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'done'; readonly sequence: number }
  | { readonly type: 'metrics'; readonly sequence: number; readonly metrics: DnsMetrics };

export interface DnsMetrics {
  readonly queries: number;
  readonly responses: Readonly<Record<string, number>>;
  /** Answered from remembered responses. */
  readonly remembered: number;
  readonly malformed: number;
  readonly forwarded: number;
  readonly forwardedFromCache: number;
}
