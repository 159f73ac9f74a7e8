/** GET /: the paths that are served. Upstream: k8s.io/apiserver/pkg/server/routes/index.go */
import type { Handler } from './request.ts';

export function indexHandler(paths: readonly string[]): Handler {
  const listed = [...new Set(paths.filter((path) => path === '/' || !path.endsWith('/')))].sort();
  return async () => ({ type: 'raw', status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ paths: listed }, undefined, 2)}\n` });
}
