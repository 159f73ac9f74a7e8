/**
 * A Prometheus with a configuration of its own. Debian's is built without Kubernetes discovery, so it is the one that K8TS_PROMETHEUS names
 * or the machine's own, if that one knows kubernetes_sd_configs.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { eventually } from '../../harness/bounded.ts';
import { freePort } from '../../../src/network/testing/free-port.ts';

const program = process.env['K8TS_PROMETHEUS'] ?? 'prometheus';

/** Why discovery cannot be tried here, or false. */
export function whyNoPrometheus(): string | false {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return 'this machine has no Prometheus; K8TS_PROMETHEUS may name one';
  return stdout.includes('debian') ? "Debian's Prometheus is built without Kubernetes discovery; K8TS_PROMETHEUS may name another" : false;
}

export interface Target {
  readonly discoveredLabels: Readonly<Record<string, string>>;
}

export interface Prometheus extends AsyncDisposable {
  /** What a scrape job has found, as often as asked; never scraped, so alive or not does not matter. */
  targets(job: string): Promise<Target[]>;
  readonly log: () => string;
}

export async function startPrometheus(folder: string, scrapeConfigs: readonly object[]): Promise<Prometheus> {
  const port = await freePort();
  const config = path.join(folder, 'prometheus.yml');
  mkdirSync(path.join(folder, 'tsdb'));
  writeFileSync(config, stringify({ global: { scrape_interval: '1h' }, scrape_configs: scrapeConfigs }));
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${path.join(folder, 'tsdb')}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn(program, flags, { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, NO_PROXY: '*', no_proxy: '*' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const answer = async (url: string): Promise<string> => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${log}`);
    return fetch(`http://127.0.0.1:${port}${url}`).then((response) => response.text(), () => '');
  };
  await eventually(() => answer('/-/ready'), (text) => text.includes('Ready'), { what: 'Prometheus being ready' });
  return {
    targets: async (job) => {
      const { data } = JSON.parse(await answer('/api/v1/targets?state=active')) as { data: { activeTargets: (Target & { scrapePool: string })[] } };
      return data.activeTargets.filter(({ scrapePool }) => scrapePool === job);
    },
    log: () => log,
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}
