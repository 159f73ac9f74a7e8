/**
 * Command lines as a reader types them, run by bash with kubectl on its path: tests keep the form of what they prove. The kubectl
 * is the one K8TS_KUBECTL names, else Debian's 1.20.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { eventually, usualBound } from './bounded.ts';
import { findKubectl } from './kubectl.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLineOptions {
  /** Where kubectl's cache and the like are kept. */
  readonly home: string;
  readonly kubeconfig: string;
  readonly cwd: string;
}

export class CommandLine {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #cwd: string;

  constructor({ home, kubeconfig, cwd }: CommandLineOptions) {
    const bin = path.join(home, 'bin');
    mkdirSync(bin, { recursive: true });
    const kubectl = findKubectl();
    if (kubectl.includes('/')) {
      rmSync(path.join(bin, 'kubectl'), { force: true });
      symlinkSync(path.resolve(kubectl), path.join(bin, 'kubectl'));
    }
    this.#environment = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, KUBECONFIG: kubeconfig, HOME: home, TERM: 'dumb', NO_PROXY: '*', no_proxy: '*' };
    this.#cwd = cwd;
  }

  start(line: string): ChildProcessWithoutNullStreams {
    return spawn('bash', ['-c', line], { cwd: this.#cwd, env: this.#environment });
  }

  /** Never throws for a failing command; ends it after `within` ms (code 124). */
  async run(line: string, options: { readonly input?: string; readonly within?: number } = {}): Promise<Outcome> {
    const child = this.start(line);
    const bound = AbortSignal.timeout(options.within ?? 2 * usualBound);
    const kill = (): void => void child.kill('SIGKILL');
    bound.addEventListener('abort', kill);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const [code] = (await once(child, 'close')) as [number | null];
    bound.removeEventListener('abort', kill);
    const note = bound.aborted ? `\n(ended: took more than its time) ${line}` : '';
    return { code: code ?? 124, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() + note };
  }

  /** What a line that must succeed prints. */
  async output(line: string, options: { readonly input?: string; readonly within?: number } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, options);
    if (code !== 0) throw new Error(`exit ${code} of: ${line}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs the line until what it prints satisfies `test`; failing runs count as not yet. */
  eventually(line: string, test: (stdout: string) => boolean, within = usualBound): Promise<string> {
    return eventually(() => this.run(line), ({ code, stdout }) => code === 0 && test(stdout), { within, what: line }).then(({ stdout }) => stdout);
  }

  /** Types at a program that has a terminal: each step waits for its prompt, then sends its text. Answers all that was shown. */
  async terminal(line: string, steps: readonly { readonly after: RegExp; readonly type: string }[]): Promise<string> {
    const child = this.start(`exec script -qec ${quote(line)} /dev/null`);
    const ended = once(child, 'close');
    let shown = '';
    let from = 0;
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    try {
      for (const { after, type } of steps) {
        await eventually(() => Promise.resolve(shown.slice(from)), (text) => after.test(text), { what: `${line} showing ${after}` });
        from = shown.length;
        child.stdin.write(type);
      }
      const late = AbortSignal.timeout(usualBound);
      await Promise.race([ended, once(late, 'abort').then(() => Promise.reject(new Error(`${line} did not end; it showed: ${shown}`)))]);
      return shown.replaceAll('\r', '');
    } finally {
      if (child.exitCode === null) child.kill('SIGKILL');
    }
  }
}

export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
