/** Which tests there are and how each is run. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Runner } from './test-runner.ts';

const minute = 60_000;

export interface TestPlan {
  /** Sources alone: may run beside one another. */
  readonly checks: readonly Runner[];
  /** Clusters, containers, the machine's network: one after the other. */
  readonly serial: readonly Runner[];
}

const node = process.execPath;

export interface TestChoice {
  /** Keep the runners whose name contains one of these words; all when empty. */
  readonly only: readonly string[];
  /** A second kubectl, with which the book's exercises are done once more. */
  readonly secondKubectl?: string | undefined;
  /** Tests run at their full length: some take a quarter of an hour. */
  readonly full?: boolean | undefined;
}

export function planTests(root: string, { only, secondKubectl, full = false }: TestChoice): TestPlan {
  const timeoutMs = (full ? 40 : 10) * minute;
  const fileRunner = (file: string): Runner => ({ name: file.replace(/^test\//, '').replace(/\.test\.ts$/, ''), command: [node, '--test-isolation=none', file], check: false, timeoutMs });
  const wanted = ({ name }: Runner): boolean => only.length === 0 || only.some((word) => name.includes(word));
  const program = (name: string, ...args: readonly string[]): readonly string[] => [node, path.join(root, 'node_modules', name), ...args];
  const checks: Runner[] = [
    { name: 'structure', command: [node, 'tools/check-structure.ts'], check: true, timeoutMs: minute },
    { name: 'types', command: program('typescript/bin/tsc', '--noEmit'), check: true, timeoutMs: 5 * minute },
    { name: 'lint', command: program('eslint/bin/eslint.js', '.'), check: true, timeoutMs: 5 * minute },
  ];
  const serial: Runner[] = [
    { name: 'unit', command: [node, '--test-isolation=none', 'src/**/*.test.ts', 'tools/**/*.test.ts', 'test/bench/**/*.test.ts'], check: false, timeoutMs: 5 * minute },
    ...['test/integration', 'test/fuzz', 'test/clients', 'test/kubectl', 'test/e2e', 'test/book'].flatMap((folder) => testFiles(root, folder)).map(fileRunner),
    ...(secondKubectl === undefined ? [] : testFiles(root, 'test/book').map(fileRunner).map((runner) => ({ ...runner, name: `${runner.name} (second kubectl)`, env: { K8TS_KUBECTL: secondKubectl } }))),
  ];
  return { checks: checks.filter(wanted), serial: serial.filter(wanted) };
}

function testFiles(root: string, folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => `${folder}/${name}`).sort();
}
