/** What the API server counts of its requests, under upstream's names. Upstream: k8s.io/apiserver/pkg/endpoints/metrics */
import type { Clock } from '../base/clock.ts';
import type { Labels, MetricsRegistry } from '../base/metrics.ts';
import type { ApiRequest, ApiResponse, Filter, Handler, WatchResponse } from './request.ts';
import { isLongRunning } from './long-running.ts';
import type { RequestInfo } from './request-info.ts';

const seconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** `isServed`: whether there is such a resource; requests for others are counted together, since clients choose their names. */
export function requestMetrics(registry: MetricsRegistry, clock: Clock, isServed: (info: RequestInfo) => boolean): Filter {
  const total = registry.counter('apiserver_request_total', 'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.');
  const duration = registry.histogram('apiserver_request_duration_seconds', 'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.', seconds);
  const longRunning = registry.gauge('apiserver_longrunning_requests', 'Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.');
  const kinds = new Map<string, KindOfRequest>();
  const makeKind = (labels: Labels): KindOfRequest => {
    const answers = new Map<unknown, () => void>();
    const answered = (code: unknown): void => {
      let add = answers.get(code);
      if (!add) answers.set(code, (add = total.of({ ...labels, code: String(code) })));
      add();
    };
    return { labels, answered, took: duration.of(labels) };
  };
  const kindOf = (request: ApiRequest): KindOfRequest => {
    const named = keyOf(request);
    const known = kinds.get(named);
    if (known) return known;
    const isNamed = request.info.isResource && kinds.size < mostKinds && isServed(request.info);
    const key = isNamed ? named : request.info.verb;
    const kind = kinds.get(key) ?? makeKind(isNamed ? labelsOf(request) : { ...unnamed, verb: request.info.verb.toUpperCase() });
    kinds.set(key, kind);
    return kind;
  };
  return async function count(request, next) {
    const kind = kindOf(request);
    const began = clock.monotonic();
    try {
      const response = await next(request);
      kind.answered(codeOf(response));
      if (response.type === 'watch') return countWhileOpen(response, () => longRunning.add(kind.labels), () => longRunning.add(kind.labels, -1));
      if (!isLongRunning(request)) kind.took((clock.monotonic() - began) / 1000);
      return response;
    } catch (error) {
      kind.answered((error as { code?: unknown }).code ?? 500);
      throw error;
    }
  };
}

/** Requests that are counted together. */
interface KindOfRequest {
  readonly labels: Labels;
  readonly answered: (code: unknown) => void;
  readonly took: (seconds: number) => void;
}

/** Kinds that are told apart; subresources may have any name. */
const mostKinds = 4096;

const scopeOf = ({ name, namespace }: RequestInfo): string => (name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster');

/** What the labels are made of, in one text. */
function keyOf({ info, query }: ApiRequest): string {
  if (!info.isResource) return info.verb;
  return `${info.verb} ${info.group} ${info.version} ${info.resource} ${info.subresource} ${scopeOf(info)} ${dryRunOf(query)}`;
}

const unnamed: Labels = { verb: '', dry_run: '', group: '', version: '', resource: '', subresource: '', scope: '', component: 'apiserver' };

function labelsOf({ info, query }: ApiRequest): Labels {
  const { verb, group, version, resource, subresource } = info;
  return { ...unnamed, verb: verbs[verb] ?? verb.toUpperCase(), dry_run: dryRunOf(query), group, version, resource, subresource, scope: scopeOf(info) };
}

/** 'All' is the only value there is. */
function dryRunOf(query: URLSearchParams): string {
  const asked = query.get('dryRun') ?? '';
  return asked === '' || asked === 'All' ? asked : 'invalid';
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
