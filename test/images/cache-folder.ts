/** Where downloads and built images are kept between runs: `$K8TS_CACHE/images`, /var/cache/k8ts/images by default. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';

export function imageCacheFolder(...names: readonly string[]): string {
  const folder = path.join(process.env['K8TS_CACHE'] ?? '/var/cache/k8ts', 'images', ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}
