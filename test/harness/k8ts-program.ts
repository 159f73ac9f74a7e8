/** The k8ts program as users run it: the built bundle, in processes of its own, over data directories under a scratch folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const bundle = path.resolve(import.meta.dirname, '../../dist/cli.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one suite: data directories and kubeconfigs are made in it. `close` ends the servers and deletes it. */
export class Scratch {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'k8ts-e2e-'));
  /** Where contexts are merged unless `--kubeconfig` is given. */
  readonly kubeconfig = path.join(this.folder, 'kubeconfig');
  readonly #servers: ServerProcess[] = [];

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** Runs a command to its end. */
  async k8ts(...args: readonly string[]): Promise<Finished> {
    const child = this.#spawn(args);
    const output = collect(child);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, ...output() };
  }

  /** `k8ts server` with these flags, once it is ready. Rejects with its last words when it ends before that. */
  async server(...args: readonly string[]): Promise<ServerProcess> {
    const server = new ServerProcess(this.#spawn(['server', ...args]));
    this.#servers.push(server);
    await server.ready;
    return server;
  }

  /** `keepFolder`: only ends the servers, as when something in the folder must be unmounted before it goes. */
  async close({ keepFolder = false }: { readonly keepFolder?: boolean } = {}): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop('SIGKILL')));
    if (!keepFolder) rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(args: readonly string[]): ChildProcess {
    if (!existsSync(bundle)) throw new Error('there is no dist/cli.js: run npm run build');
    const { SUDO_UID: _uid, SUDO_GID: _gid, ...env } = process.env;
    return spawn(process.execPath, [bundle, ...args], { cwd: this.folder, env: { ...env, KUBECONFIG: this.kubeconfig, HOME: this.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

export class ServerProcess {
  readonly pid: number;
  /** The admin kubeconfig's path. */
  readonly ready: Promise<string>;
  readonly #child: ChildProcess;
  readonly #output: () => { readonly stdout: string; readonly stderr: string };
  readonly #ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.#output = collect(child);
    this.#ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    this.ready = new Promise((resolve, reject) => {
      child.stdout?.on('data', () => {
        const [line, ...rest] = this.#output().stdout.split('\n');
        if (line !== undefined && rest.length > 0) resolve(line);
      });
      void this.#ended.then(() => reject(new Error(`the server ended before it was ready: ${this.#output().stderr}`)));
    });
    this.ready.catch(() => undefined);
  }

  get stderr(): string {
    return this.#output().stderr;
  }

  get ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    return this.#ended;
  }

  async stop(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    this.#child.kill(signal);
    return this.#ended;
  }
}

function collect(child: ChildProcess): () => { readonly stdout: string; readonly stderr: string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return () => ({ stdout, stderr });
}
