/**
 * What the node answers on its port (10250): Pods, logs, sessions into containers, statistics. TLS, authentication and
 * authorisation stand before this; `attributesOf` says what a request asks for in terms of the `nodes` subresources.
 * Upstream: pkg/kubelet/server/server.go, pkg/kubelet/server/auth.go
 */
import { readdir, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Exchange } from '../../transport/exchange.ts';
import type { Kubelet } from '../kubelet.ts';
import { containerLogs } from './container-logs.ts';
import { HttpFailure } from './http-failure.ts';
import { attachSession, execSession, portForwardSession, runCommand } from './sessions.ts';
import { statsSummary } from './stats-summary.ts';
import { resourceMetrics } from './resource-metrics.ts';

export interface NodeServerOptions {
  readonly kubelet: Kubelet;
  readonly clock: Clock;
  /** What /configz shows. */
  readonly configuration: () => object;
  /** The log file of a container that no runtime runs: a part of the cluster that runs inside its process. */
  readonly inProcessLog?: ((namespace: string, pod: string, container: string) => string | undefined) | undefined;
}

type Handler = (exchange: Exchange, segments: readonly string[], query: URLSearchParams) => Promise<void>;

/** The subresource of `nodes` that guards a path. */
export function subresourceOf(rawPath: string): 'stats' | 'metrics' | 'log' | 'proxy' | 'healthz' | 'configz' | 'pods' {
  const first = rawPath.split('/')[1] ?? '';
  const known = { stats: 'stats', metrics: 'metrics', logs: 'log', healthz: 'healthz', configz: 'configz', pods: 'pods', runningpods: 'pods' } as const;
  return known[first as keyof typeof known] ?? 'proxy';
}

/** Answers one request; every failure becomes an answer. */
export function createNodeHandler(options: NodeServerOptions): (exchange: Exchange) => Promise<void> {
  const handlers = routes(options);
  return async (exchange) => {
    try {
      const [first = '', ...segments] = exchange.rawPath.split('/').slice(1).map(decodeURIComponent);
      const handler = handlers[first];
      if (!handler) throw new HttpFailure(404, '404 page not found');
      await handler(exchange, segments, new URLSearchParams(exchange.query));
    } catch (error) {
      if (exchange.answered) return;
      const status = error instanceof HttpFailure ? error.status : 500;
      exchange.respond(status, { 'content-type': 'text/plain; charset=utf-8' }, `${messageOf(error)}\n`);
    }
  };
}

function routes({ kubelet, clock, configuration, inProcessLog }: NodeServerOptions): Readonly<Record<string, Handler>> {
  const { workers, context, containerd } = kubelet;
  const json = (exchange: Exchange, value: unknown): void => exchange.respond(200, { 'content-type': 'application/json' }, JSON.stringify(value));
  const text = (exchange: Exchange, body: string): void => exchange.respond(200, { 'content-type': 'text/plain; charset=utf-8' }, body);
  const podList = (items: readonly object[]): object => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items });
  return {
    async healthz(exchange) {
      await containerd.cri.runtime.version();
      text(exchange, 'ok');
    },
    async pods(exchange) {
      json(exchange, podList(workers.pods()));
    },
    async runningpods(exchange) {
      json(exchange, podList(workers.pods().filter(({ status }) => status?.containerStatuses?.some(({ state }) => state?.running)).map(({ metadata, spec }) => ({ metadata, spec }))));
    },
    async configz(exchange) {
      json(exchange, { kubeletconfig: configuration() });
    },
    async stats(exchange, [what]) {
      if (what !== 'summary') throw new HttpFailure(404, '404 page not found');
      json(exchange, await statsSummary(kubelet, clock));
    },
    async metrics(exchange, [what]) {
      if (what !== undefined && what !== 'resource' && what !== 'cadvisor') throw new HttpFailure(404, '404 page not found');
      exchange.respond(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, await resourceMetrics(kubelet, clock));
    },
    containerLogs: (exchange, segments, query) => containerLogs(exchange, segments, query, { workers, runtime: context.runtime, clock, inProcessLog }),
    exec: (exchange, segments, query) => execSession(exchange, segments, query, { workers, runtime: context.runtime }),
    attach: (exchange, segments, query) => attachSession(exchange, segments, query, { workers, runtime: context.runtime }),
    portForward: (exchange, segments) => portForwardSession(exchange, segments, { workers, runtime: context.runtime }),
    run: (exchange, segments, query) => runCommand(exchange, segments, query, { workers, runtime: context.runtime }),
    logs: (exchange, segments) => hostLogs(exchange, segments, context.logs),
  };
}

/** The node's own log folder, for reading only. */
async function hostLogs(exchange: Exchange, segments: readonly string[], root: string): Promise<void> {
  const wanted = path.join(root, ...segments);
  if (wanted !== root && !wanted.startsWith(`${root}/`)) throw new HttpFailure(400, 'invalid path');
  const stats = await stat(wanted).catch(() => undefined);
  if (!stats) throw new HttpFailure(404, '404 page not found');
  if (stats.isDirectory()) {
    const names = (await readdir(wanted, { withFileTypes: true })).map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
    const links = names.map((name) => `<a href="${encodeURI(name)}">${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>\n`).join('');
    exchange.respond(200, { 'content-type': 'text/html; charset=utf-8' }, `<pre>\n${links}</pre>\n`);
    return;
  }
  const output = exchange.stream(200, { 'content-type': 'text/plain; charset=utf-8' });
  for await (const chunk of createReadStream(wanted)) {
    if (output.closed) return;
    if (!output.write(chunk as Buffer)) await output.drained();
  }
  output.end();
}
