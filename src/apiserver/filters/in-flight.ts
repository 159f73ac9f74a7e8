/**
 * A bounded number of requests at a time, shared by priority level and flow. Requests from inside the process and those that stay open
 * are not counted; each answer says which schema and level its request was of.
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
const tooMany: ApiResponse = { type: 'raw', status: 429, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'retry-after': '1' }, body: 'Too many requests, please try again later.\n' };

export function inFlight(control: FlowControl, registry: MetricsRegistry): Filter {
  const gauge = registry.gauge('apiserver_current_inflight_requests', 'Maximal number of currently used inflight request limit of this apiserver per request kind in last second.');
  const rejected = registry.counter('apiserver_flowcontrol_rejected_requests_total', 'Number of requests rejected by API Priority and Fairness subsystem');
  gauge.set({ request_kind: 'readOnly' }, 0);
  gauge.set({ request_kind: 'mutating' }, 0);
  return async function limitInFlight(request, next) {
    if (request.exchange === undefined) return next(request);
    const { schema, configuration, level, name } = control.flowOf(request.info, request.user);
    request.flow = { schema: schema.metadata.uid ?? '', level: configuration.metadata.uid ?? '' };
    if (isLongRunning(request)) return next(request);
    const refusal = await level?.enter(name, patienceMs);
    if (refusal !== undefined) {
      rejected.add({ flow_schema: schema.metadata.name ?? '', priority_level: configuration.metadata.name ?? '', reason: refusal });
      return tooMany;
    }
    const kind = { request_kind: readVerbs.has(request.info.verb) ? 'readOnly' : 'mutating' };
    gauge.add(kind);
    try {
      return await next(request);
    } finally {
      gauge.add(kind, -1);
      if (level) {
        level.leave();
        control.dispatch();
      }
    }
  };
}
