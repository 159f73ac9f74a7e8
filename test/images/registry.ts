/** Debian's docker-registry on loopback, over a storage folder, for as long as a test runs. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { debianRoot } from './debian-root.ts';

export interface Registry {
  /** 'http://127.0.0.1:PORT' */
  readonly url: string;
  close(): Promise<void>;
}

/** The only user and password that a registry knows. */
export interface RegistryReader {
  readonly user: string;
  readonly password: string;
}

/** Resolves when it listens, on a port of its own; with a reader, for nobody else. */
export async function startRegistry(storageFolder: string, reader?: RegistryReader): Promise<Registry> {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-registry-'));
  const config = path.join(folder, 'config.json');
  const passwords = path.join(folder, 'htpasswd');
  if (reader) writeFileSync(passwords, `${reader.user}:${bcrypt(reader.password)}\n`);
  writeFileSync(config, JSON.stringify({
    version: 0.1,
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storageFolder }, maintenance: { readonly: { enabled: true } } },
    http: { addr: '127.0.0.1:0' },
    ...(reader ? { auth: { htpasswd: { realm: 'test', path: passwords } } } : {}),
  }));
  const program = debianRoot(['docker-registry']).locate('usr/bin/docker-registry');
  const child = spawn(program, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' } });
  const close = async (): Promise<void> => {
    await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { url: `http://${await listeningAddress(child)}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The only form of passwords that the registry takes; Perl has the system's crypt(3). */
function bcrypt(password: string): string {
  return execFileSync('perl', ['-e', 'print crypt($ARGV[0], q($2b$04$abcdefghijklmnopqrstuu))', password], { encoding: 'utf8' });
}

async function listeningAddress(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('the registry has no output');
  const lines = createInterface({ input: child.stderr });
  const seen: string[] = [];
  for await (const line of lines) {
    seen.push(line);
    const found = /listening on ([\d.]+:\d+)/.exec(line);
    if (!found?.[1]) continue;
    child.stderr.resume();
    return found[1];
  }
  throw new Error(`the registry ended: ${seen.join('\n')}`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
