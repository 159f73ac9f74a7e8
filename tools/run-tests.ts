/**
 * `./k8ts test [--full] [NAME...]`: runs every test, or those whose runner's name contains a NAME.
 * One line a runner, failures in full, and over all of them a last line `N passed, N failed`. Exit code 1 when anything failed.
 * `--full` makes the long tests run at their full length (K8TS_TEST_FULL=1), and does the book's exercises with a newer kubectl too.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/base/errors.ts';
import { newerKubectl } from '../test/harness/kubectl.ts';
import { isBuilt } from './build-record.ts';
import { planTests } from './test-plan.ts';
import { installTestPrograms } from './test-programs.ts';
import { run, type Outcome, type Runner, type RunContext } from './test-runner.ts';

const root = path.resolve(import.meta.dirname, '..');
const usage = `Usage: ./k8ts test [--full] [NAME...]

Runs every test, or those whose runner's name contains a NAME (unit, book/ch06).
  --full   the long tests at their full length, and the book's exercises with a newer kubectl too
  --help   this text`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function show({ name, passed, skipped, failures, ms }: Outcome): void {
  const counts = [`${passed} passed`, ...(failures.length > 0 ? [`${failures.length} failed`] : []), ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])].join(', ');
  say(`${failures.length === 0 ? '✓' : '✗'} ${name.padEnd(44)} ${counts.padEnd(28)} ${(ms / 1000).toFixed(1)} s`);
  for (const { title, detail } of failures) say(`\n  ✗ ${title}\n${detail.trim().replace(/^/gm, '    ')}\n`);
}

async function runAll(runners: readonly Runner[], context: RunContext): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const runner of runners) {
    const outcome = await run(runner, context);
    show(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

function build(): void {
  if (isBuilt(root)) return;
  say('building');
  const { status } = spawnSync(process.execPath, [path.join(root, 'tools', 'build.ts')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) say('the build failed; tests that need it will fail');
}

interface Request {
  readonly full: boolean;
  readonly names: readonly string[];
}

/** What was asked for; ends the process where that was only help, or nothing that is known. */
function readArguments(): Request {
  const args = process.argv.slice(2).filter((arg, index) => !(index === 0 && arg === 'test'));
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { full: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } });
    if (!values.help) return { full: values.full, names: positionals };
    say(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`k8ts test: ${messageOf(error).split('. ')[0]}\n\n${usage}\n`);
    process.exit(2);
  }
}

const { full, names } = readArguments();
const plan = planTests(root, { only: names, secondKubectl: full ? newerKubectl() : undefined, full });
const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
const context: RunContext = { root, env: { ...inherited, FORCE_COLOR: '0', ...(full ? { K8TS_TEST_FULL: '1' } : {}) } };
for (const line of await installTestPrograms()) say(line);
build();
const outcomes = (await Promise.all([runAll(plan.checks, context), runAll(plan.serial, context)])).flat();
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failures.length, 0);
if (outcomes.length === 0) say(`no test is called ${names.join(' or ')}`);
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || outcomes.length === 0 ? 1 : 0;
