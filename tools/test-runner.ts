/** Runs one set of tests in a process of its own and says how it went. A process that crashes or hangs is a failed test. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestLine } from './test-reporter.ts';

export interface Runner {
  readonly name: string;
  readonly command: readonly string[];
  /** True: `command` is a check of its own, which passes with exit code 0. False: it is node:test. */
  readonly check: boolean;
  readonly timeoutMs: number;
  /** Added to what all runners have. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly skipped: readonly string[];
  readonly failures: readonly Failure[];
  readonly ms: number;
}

export interface Failure {
  readonly title: string;
  readonly detail: string;
}

export interface RunContext {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

const compileCache = path.join(import.meta.dirname, 'test-compile-cache.ts');
const mostOutput = 200_000;

export async function run(runner: Runner, { root, env }: RunContext): Promise<Outcome> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'k8ts-test-'));
  const lines = path.join(scratch, 'lines');
  const began = performance.now();
  try {
    const reporting = runner.check ? [] : [`--test-reporter=${path.join(root, 'tools', 'test-reporter.ts')}`, `--test-reporter-destination=${lines}`];
    const [program = '', ...args] = runner.command;
    const end = await execute(program, runner.check ? args : ['--import', compileCache, '--test', ...reporting, ...args], { cwd: root, env: { ...env, ...runner.env }, timeoutMs: runner.timeoutMs });
    const tests = existsSync(lines) ? readLines(lines) : [];
    return { name: runner.name, ms: performance.now() - began, ...judge(runner, end, tests) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly output: string;
}

interface ExecuteOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

function execute(program: string, args: readonly string[], { cwd, env, timeoutMs }: ExecuteOptions): Promise<End> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let timedOut = false;
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-mostOutput)));
    const endGroup = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone already.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup();
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 1, signal: null, timedOut, output: error.message });
    });
    // What a test has started and left behind would keep the output open.
    child.once('exit', endGroup);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, timedOut, output });
    });
  });
}

const readLines = (file: string): TestLine[] => readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as TestLine);

/** Counts tests, and adds a failure for an end that the tests do not account for. */
export function judge(runner: Runner, end: End, tests: readonly TestLine[]): Pick<Outcome, 'passed' | 'skipped' | 'failures'> {
  const clean = end.code === 0 && !end.timedOut;
  if (runner.check) return clean ? { passed: 1, skipped: [], failures: [] } : { passed: 0, skipped: [], failures: [{ title: runner.name, detail: `${howItEnded(end, runner)}${end.output}` }] };
  const failures: Failure[] = tests.filter(({ result }) => result === 'failed').map(({ name, file, error }) => ({ title: `${name}${file === undefined ? '' : ` (${file})`}`, detail: error ?? '' }));
  const passed = tests.filter(({ result }) => result === 'passed').length;
  const skipped = tests.filter(({ result }) => result === 'skipped').map(({ name }) => name);
  if (!clean && (failures.length === 0 || end.timedOut || end.signal !== null)) failures.push({ title: `${runner.name}: ${howItEnded(end, runner).trim()}`, detail: end.output.slice(-8000) });
  else if (tests.length === 0) failures.push({ title: `${runner.name}: no test ran`, detail: end.output.slice(-8000) });
  return { passed, skipped, failures };
}

function howItEnded({ code, signal, timedOut }: End, runner: Runner): string {
  if (timedOut) return `did not end within ${Math.round(runner.timeoutMs / 1000)} s\n`;
  return signal === null ? `ended with exit code ${code ?? 0}\n` : `was ended by ${signal}\n`;
}
