/**
 * What `./k8ts` starts: makes sure that packages and bundle are those of this clone, then runs the command line in this process.
 * `./k8ts test` runs the tests instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBuilt } from './build-record.ts';
import { installArguments, isLinked, missingPackages, type PackageSet } from './packages.ts';

const root = process.env['K8TS_ROOT'] ?? path.resolve(import.meta.dirname, '..');

const say = (text: string): void => void process.stderr.write(`k8ts: ${text}\n`);

function fail(text: string): never {
  say(text);
  process.exit(1);
}

/** Files in the clone belong to whoever owns the clone, also under sudo. */
function runAsOwner(program: string, args: readonly string[]): number {
  const { uid, gid } = statSync(root);
  const asOther = process.getuid?.() === 0 && uid !== 0;
  const env = asOther ? { ...process.env, HOME: path.join(root, '.cache', 'home'), npm_config_cache: path.join(root, '.cache', 'npm') } : process.env;
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], env, ...(asOther ? { uid, gid } : {}) });
  if (error) fail(`${program} could not be started: ${error.message}`);
  return status ?? 1;
}

function ensurePackages(set: PackageSet): void {
  const missing = missingPackages(root, set);
  if (missing.length === 0) return;
  if (isLinked(root)) fail(`node_modules is a link to another folder, which lacks ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? '...' : ''}: install there`);
  say(`installing ${missing.length} npm packages`);
  if (runAsOwner('npm', installArguments(set)) !== 0) fail('npm ci failed: see above; is the npm registry reachable?');
}

function ensureBuilt(): void {
  if (isBuilt(root)) return;
  ensurePackages('build');
  say('building');
  if (runAsOwner(process.execPath, [path.join(root, 'tools', 'build.ts')]) !== 0) fail('the build failed: see above');
}

const runFile = (file: string): Promise<unknown> => import(pathToFileURL(path.join(root, file)).href);

const [command] = process.argv.slice(2);
if (command === 'test') {
  if (existsSync(path.join(root, '.git')) || existsSync(path.join(root, 'package-lock.json'))) ensurePackages('all');
  await runFile('tools/run-tests.ts');
} else {
  ensureBuilt();
  await runFile('dist/cli.js');
}
