/**
 * A bounded number of requests at a time, reads and writes apart. Requests from inside the process, of administrators, and those that
 * stay open are not counted.
 * Upstream: k8s.io/apiserver/pkg/server/filters/maxinflight.go
 */
import type { MetricsRegistry } from '../../base/metrics.ts';
import { isLongRunning } from '../long-running.ts';
import type { ApiResponse, Filter } from '../request.ts';

export interface InFlightLimits {
  readonly readOnly: number;
  readonly mutating: number;
}

export const defaultInFlight: InFlightLimits = { readOnly: 400, mutating: 200 };

const readVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head', 'options']);
const tooMany: ApiResponse = { type: 'raw', status: 429, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'retry-after': '1' }, body: 'Too many requests, please try again later.\n' };

export function inFlight(limits: InFlightLimits, registry: MetricsRegistry): Filter {
  const gauge = registry.gauge('apiserver_current_inflight_requests', 'Maximal number of currently used inflight request limit of this apiserver per request kind in last second.');
  const running = { readOnly: 0, mutating: 0 };
  gauge.set({ request_kind: 'readOnly' }, 0);
  gauge.set({ request_kind: 'mutating' }, 0);
  return async function limitInFlight(request, next) {
    if (request.exchange === undefined || isLongRunning(request)) return next(request);
    const kind = readVerbs.has(request.info.verb) ? 'readOnly' : 'mutating';
    if (running[kind] >= limits[kind] && !request.user.groups.includes('system:masters')) return tooMany;
    running[kind]++;
    gauge.add({ request_kind: kind });
    try {
      return await next(request);
    } finally {
      running[kind]--;
      gauge.add({ request_kind: kind }, -1);
    }
  };
}
