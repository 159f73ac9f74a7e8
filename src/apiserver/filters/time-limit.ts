/**
 * Requests that take too long are answered with 504; what they began goes on. Clients may ask for a shorter time (`?timeout=10s`).
 * Upstream: k8s.io/apiserver/pkg/server/filters/timeout.go, k8s.io/apiserver/pkg/endpoints/filters/request_deadline.go
 */
import type { Clock } from '../../base/clock.ts';
import { badRequest, timeout } from '../../apimachinery/status-error.ts';
import { isLongRunning } from '../long-running.ts';
import type { ApiResponse, Filter } from '../request.ts';

export const defaultTimeLimitMs = 60_000;

export function timeLimit(clock: Clock, limitMs = defaultTimeLimitMs): Filter {
  return function limitTime(request, next) {
    if (request.exchange === undefined || isLongRunning(request)) return next(request);
    const wanted = request.query.get('timeout');
    const limit = wanted === null || wanted === '' ? limitMs : askedFor(wanted, limitMs);
    return new Promise<ApiResponse>((resolve, reject) => {
      const timer = clock.after(limit, () => reject(timeout('Timeout: request did not complete within the allotted timeout')));
      next(request).then(
        (answer) => {
          timer.cancel();
          resolve(answer);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  };
}

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration as Go writes it, never beyond the server's own limit; zero asks for nothing. Throws 400. */
function askedFor(text: string, limitMs: number): number {
  if (text === '0') return limitMs;
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(text)) {
    throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`);
  }
  const total = [...text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)].reduce((sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? 0), 0);
  return total === 0 ? limitMs : Math.min(total, limitMs);
}
