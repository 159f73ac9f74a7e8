/** What the API server counts of its requests, under upstream's names. Upstream: k8s.io/apiserver/pkg/endpoints/metrics */
import type { Clock } from '../base/clock.ts';
import type { MetricsRegistry } from '../base/metrics.ts';
import type { ApiRequest, ApiResponse, Filter, Handler, WatchResponse } from './request.ts';
import { isLongRunning } from './long-running.ts';

const seconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

export function requestMetrics(registry: MetricsRegistry, clock: Clock): Filter {
  const total = registry.counter('apiserver_request_total', 'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.');
  const duration = registry.histogram('apiserver_request_duration_seconds', 'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.', seconds);
  const longRunning = registry.gauge('apiserver_longrunning_requests', 'Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.');
  return async function count(request, next) {
    const labels = labelsOf(request);
    const began = clock.monotonic();
    try {
      const response = await next(request);
      total.add({ ...labels, code: String(codeOf(response)) });
      if (response.type === 'watch') return countWhileOpen(response, () => longRunning.add(labels), () => longRunning.add(labels, -1));
      if (!isLongRunning(request)) duration.observe(labels, (clock.monotonic() - began) / 1000);
      return response;
    } catch (error) {
      total.add({ ...labels, code: String((error as { code?: unknown }).code ?? 500) });
      throw error;
    }
  };
}

function labelsOf({ info, query }: ApiRequest): Record<string, string> {
  const { verb, group, version, resource, subresource, namespace, name, isResource } = info;
  if (!isResource) return { verb: verb.toUpperCase(), dry_run: '', group: '', version: '', resource: '', subresource: '', scope: '', component: 'apiserver' };
  const scope = name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
  return { verb: verbs[verb] ?? verb.toUpperCase(), dry_run: query.get('dryRun') ?? '', group, version, resource, subresource, scope, component: 'apiserver' };
}

const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

const codeOf = (response: ApiResponse): number => (response.type === 'object' || response.type === 'raw' ? response.status : response.type === 'hijacked' ? 101 : 200);

function countWhileOpen(response: WatchResponse, open: () => void, close: () => void): WatchResponse {
  return {
    ...response,
    events: {
      async *[Symbol.asyncIterator]() {
        open();
        try {
          yield* response.events;
        } finally {
          close();
        }
      },
    },
  };
}

/** Serves the registry's text. */
export const metricsHandler = (registry: MetricsRegistry): Handler => async () => ({ type: 'raw', status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: registry.text() });
