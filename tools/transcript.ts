/**
 * Writes the transcript in README.md from a real run: `node tools/transcript.ts`, as root. The commands below are typed into a shell, in a
 * network of its own, and what they print comes between the two marker comments. Images come from a registry on this machine, which
 * serves the tests' stand-ins under their real names; it is the only thing that a reader's run has different.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultDataDirectory } from '../src/cluster/data-directory.ts';
import { CommandLine } from '../test/harness/command-line.ts';
import { buildImages } from '../test/images/build.ts';
import { startRegistry } from '../test/images/registry.ts';

const root = path.resolve(import.meta.dirname, '..');
const readme = path.join(root, 'README.md');
const begin = '<!-- transcript: node tools/transcript.ts -->';
const end = '<!-- end of the transcript -->';

/** `until`: the command is typed again until its output has this, as a reader would. */
const commands: readonly { readonly line: string; readonly until?: RegExp }[] = [
  { line: './k8ts up' },
  { line: 'kubectl get nodes' },
  { line: 'kubectl create deployment hello --image=kiamol/ch02-hello-kiamol --replicas=2' },
  { line: 'kubectl expose deployment hello --type=LoadBalancer --port=8080 --target-port=80' },
  { line: 'kubectl rollout status deployment hello' },
  { line: 'kubectl get pods,services', until: /localhost|LoadBalancer +\S+ +[\d.]+/ },
  { line: 'curl -s http://localhost:8080 | grep Chapter', until: /Chapter/ },
  { line: './k8ts status' },
  { line: './k8ts down' },
];

async function record(): Promise<string> {
  if (existsSync(defaultDataDirectory)) throw new Error(`${defaultDataDirectory} exists: its cluster is somebody's; nothing was done`);
  const home = mkdtempSync(path.join(tmpdir(), 'k8ts-transcript-'));
  const registry = await startRegistry(buildImages());
  const shell = new CommandLine({ home, kubeconfig: '', cwd: root });
  try {
    mkdirSync(defaultDataDirectory);
    writeFileSync(path.join(defaultDataDirectory, 'registries.yaml'), `mirrors:\n  docker.io:\n    endpoint: ["${registry.url}"]\n`);
    const shown: string[] = [];
    for (const { line, until } of commands) {
      const printed = until ? await shell.eventually(line, (text) => until.test(text)) : await shell.output(line, { within: 300_000 });
      shown.push(`$ ${line}\n${printed}`);
    }
    return shown.join('').replaceAll(home, '~').replace(/^.*registries\.yaml is not k8ts's\n/m, '');
  } finally {
    await shell.run('./k8ts down --purge');
    await registry.close();
    for (const folder of [home, defaultDataDirectory]) rmSync(folder, { recursive: true, force: true });
  }
}

function write(transcript: string): void {
  const text = readFileSync(readme, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${readme} lacks the marker comments`);
  const lines = transcript.trimEnd().split('\n').map((line) => `    ${line}`.trimEnd());
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n\n${lines.join('\n')}\n\n${text.slice(to)}`);
}

if (process.env['K8TS_TRANSCRIPT'] === undefined) {
  // Packages for the images are fetched while there is a network to fetch them from.
  buildImages();
  // An instance of its own network does not meet what else runs here; the kubeconfig is that of a home of its own.
  const { status } = spawnSync(path.join(root, 'test/harness/in-own-network.sh'), [process.execPath, import.meta.filename], { stdio: 'inherit', env: { ...process.env, K8TS_TRANSCRIPT: 'inside' } });
  process.exitCode = status ?? 1;
} else write(await record());
