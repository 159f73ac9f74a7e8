/** Requests that take too long are answered with 504; what they began goes on. Upstream: k8s.io/apiserver/pkg/server/filters/timeout.go */
import type { Clock } from '../../base/clock.ts';
import { timeout } from '../../apimachinery/status-error.ts';
import { isLongRunning } from '../long-running.ts';
import type { ApiResponse, Filter } from '../request.ts';

export const defaultTimeLimitMs = 60_000;

export function timeLimit(clock: Clock, limitMs = defaultTimeLimitMs): Filter {
  return function limitTime(request, next) {
    if (request.exchange === undefined || isLongRunning(request)) return next(request);
    return new Promise<ApiResponse>((resolve, reject) => {
      const timer = clock.after(limitMs, () => reject(timeout('Timeout: request did not complete within the allotted timeout')));
      next(request).then(resolve, reject).finally(() => timer.cancel()).catch(reject);
    });
  };
}
