/** The system's tools as a dependency: nft, ip, conntrack. Tests run them in a network namespace of their own. */
import { spawn } from 'node:child_process';

/** Runs a program to its end and gives what it printed. Throws CommandError when it fails or cannot be run. */
export type CommandRunner = (program: string, args: readonly string[], input?: string) => Promise<string>;

export class CommandError extends Error {
  /** What the program wrote to standard error. */
  readonly output: string;
  readonly exitCode: number | undefined;

  constructor(program: string, args: readonly string[], exitCode: number | undefined, output: string, options?: ErrorOptions) {
    super(`${[program, ...args].join(' ')}: ${output.trim().slice(0, 2000) || `exit code ${exitCode ?? 'none'}`}`, options);
    this.name = 'CommandError';
    this.output = output;
    this.exitCode = exitCode;
  }
}

export const runCommand: CommandRunner = (program, args, input) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const failed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => failed.push(chunk));
    child.on('error', (error) => reject(new CommandError(program, args, undefined, error.message, { cause: error })));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new CommandError(program, args, code ?? undefined, Buffer.concat(failed).toString()));
    });
    child.stdin.on('error', () => {}); // A program that ends early says so by its exit code.
    child.stdin.end(input ?? '');
  });

/** The same tools in the network namespace at this path ('/run/netns/x'). */
export const runInNamespace = (path: string): CommandRunner => (program, args, input) => runCommand('nsenter', [`--net=${path}`, program, ...args], input);
