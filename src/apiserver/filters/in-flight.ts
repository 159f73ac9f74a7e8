/**
 * A bounded number of requests at a time, shared by priority level and flow. Requests from inside the process and streams are not
 * counted, watches while they begin; each answer says which schema and level its request was of.
 * Upstream: k8s.io/apiserver/pkg/server/filters/priority-and-fairness.go
 */
import type { MetricsRegistry } from '../../base/metrics.ts';
import type { FlowControl } from '../flow-control/flow-control.ts';
import { isLongRunning } from '../long-running.ts';
import type { ApiResponse, Filter } from '../request.ts';

export interface InFlightLimits {
  readonly readOnly: number;
  readonly mutating: number;
}

export const defaultInFlight: InFlightLimits = { readOnly: 400, mutating: 200 };

/** A quarter of a request's time may be spent waiting. */
export const patienceMs = 15_000;

const readVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head', 'options']);
const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
const tooMany = (retryAfter: number): ApiResponse => ({ type: 'raw', status: 429, headers: { ...headers, 'retry-after': String(retryAfter) }, body: 'Too many requests, please try again later.\n' });

export function inFlight(control: FlowControl, registry: MetricsRegistry): Filter {
  const current: Record<'readOnly' | 'mutating', number> = { readOnly: 0, mutating: 0 };
  registry.collected('apiserver_current_inflight_requests', 'Maximal number of currently used inflight request limit of this apiserver per request kind in last second.', 'gauge', function* () {
    for (const [kind, count] of Object.entries(current)) yield [{ request_kind: kind }, count];
  });
  return async function limitInFlight(request, next) {
    const { info } = request;
    if (request.exchange === undefined || (info.verb !== 'watch' && isLongRunning(request))) return next(request);
    const way = control.wayOf(request);
    request.flow = way.identity;
    const visit = control.arrive(way, request);
    const refusal = await control.enter(way, visit, { ms: patienceMs, signal: () => request.signal });
    if (refusal !== undefined) return tooMany(control.retryAfter(way));
    const kind = readVerbs.has(info.verb) ? 'readOnly' : 'mutating';
    current[kind]++;
    try {
      return await next(request);
    } finally {
      current[kind]--;
      control.leave(way, visit);
    }
  };
}
