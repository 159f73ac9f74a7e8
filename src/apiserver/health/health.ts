/** /healthz, /livez, /readyz with their checks, and /version. */
import type { AnyObject } from '../../apimachinery/object.ts';
import { pathNotFound } from '../../apimachinery/status-error.ts';
import type { ApiRequest, ApiResponse, Handler } from '../request.ts';

export interface HealthCheck {
  readonly name: string;
  /** Undefined when well, else what is wrong. */
  check(): string | undefined;
}

/** Serves /<root>, /<root>?verbose, and /<root>/<check>. */
export function healthHandler(root: string, checks: readonly HealthCheck[]): Handler {
  return async (request) => {
    const [, one] = request.info.parts;
    if (one !== undefined) {
      const found = checks.find((check) => check.name === one);
      if (!found) throw pathNotFound();
      return report(root, [found], request);
    }
    const excluded = new Set(request.query.getAll('exclude'));
    return report(root, checks.filter((check) => !excluded.has(check.name)), request);
  };
}

function report(root: string, checks: readonly HealthCheck[], request: ApiRequest): ApiResponse {
  const results = checks.map(({ name, check }) => ({ name, problem: check() }));
  const failed = results.some(({ problem }) => problem !== undefined);
  const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`));
  const verbose = failed || request.query.has('verbose');
  const body = verbose ? `${lines.join('\n')}\n${root} check ${failed ? 'failed' : 'passed'}\n` : 'ok';
  return { type: 'raw', status: failed ? 500 : 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body };
}

/** The API level that k8ts serves; its own version follows the plus sign. */
export function versionHandler(own: string): Handler {
  const info = {
    major: '1',
    minor: '36',
    gitVersion: `v1.36.0+k8ts.${own}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: `node ${process.version}`,
    compiler: 'v8',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
  return async () => ({ type: 'object', status: 200, served: undefined, object: info as unknown as AnyObject });
}
