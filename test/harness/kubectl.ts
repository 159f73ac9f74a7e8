/** Real kubectl programs: Debian's 1.20, fetched once into a cache of the tests' own, and a newer one where the machine has it. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { debianRoot } from '../images/debian-root.ts';

/** The kubectl that K8TS_KUBECTL names, else Debian's 1.20. Throws when it cannot be had. */
export function findKubectl(): string {
  const chosen = process.env['K8TS_KUBECTL'] ?? '1.20';
  return chosen === '1.20' ? debianRoot(['kubernetes-client']).locate('usr/bin/kubectl') : chosen;
}

/** The machine's own kubectl and its minor version, if that is 1.30 or later. */
export function newerKubectl(): string | undefined {
  const { status, stdout } = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const { clientVersion } = JSON.parse(stdout) as { clientVersion?: { minor?: string } };
  return parseInt(clientVersion?.minor ?? '0', 10) >= 30 ? 'kubectl' : undefined;
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const patienceMs = 30_000;

export interface RunningKubectl {
  /** Resolves when stdout matches; rejects when the program ends, or half a minute passes, without that. */
  prints(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

export class Kubectl {
  readonly #program: string;
  readonly #kubeconfig: string;

  constructor(program: string, kubeconfig: string) {
    this.#program = program;
    this.#kubeconfig = kubeconfig;
  }

  /** Never rejects for what kubectl answers: the exit code tells. `environment` goes over what it is started with. */
  try(args: readonly string[], input = '', environment: Readonly<Record<string, string>> = {}): Promise<KubectlResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#program, args, { env: { ...this.#env(), ...environment } });
      const result = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, ...result }));
      child.stdin.end(input);
    });
  }

  /** Answers stdout; throws when kubectl fails. */
  async run(...args: readonly string[]): Promise<string> {
    return this.#checked(args, await this.try(args));
  }

  async runWith(input: string, ...args: readonly string[]): Promise<string> {
    return this.#checked(args, await this.try(args, input));
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.run(...args, '-o', 'json')) as T;
  }

  /** For commands that go on, such as watches. */
  start(...args: readonly string[]): RunningKubectl {
    const child = spawn(this.#program, args, { env: this.#env(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let look = (): void => {};
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      look();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    return {
      prints: (pattern) =>
        new Promise((resolve, reject) => {
          look = () => {
            if (pattern.test(output)) resolve(output);
          };
          const fail = (how: string): void => reject(new Error(`kubectl ${args.join(' ')} ${how} after printing ${JSON.stringify(output)}: ${errors}`));
          const late = setTimeout(() => fail('was given up'), patienceMs);
          void ended.then(() => {
            clearTimeout(late);
            fail('ended');
          });
          look();
        }),
      stop: () => {
        child.kill('SIGTERM');
        return ended;
      },
    };
  }

  #checked(args: readonly string[], { code, stdout, stderr }: KubectlResult): string {
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed with exit code ${code}: ${stderr.trim()}`);
    return stdout;
  }

  /** A home of its own, so that kubectl's caches do not meet those of other servers. */
  #env(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], KUBECONFIG: this.#kubeconfig, HOME: path.dirname(this.#kubeconfig) };
  }
}
