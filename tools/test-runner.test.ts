import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestLine } from './test-reporter.ts';
import { judge, type End, type Runner } from './test-runner.ts';

const runner: Runner = { name: 'unit', command: ['node'], check: false, timeoutMs: 1000 };
const clean: End = { code: 0, signal: null, timedOut: false, output: '' };
const line = (result: TestLine['result']): TestLine => ({ result, name: 'a test', file: 'a.test.ts', ms: 1 });

describe('judging a runner', () => {
  const cases: { name: string; end: Partial<End>; tests: TestLine[]; check?: boolean; passed: number; failed: number }[] = [
    { name: 'all well', end: {}, tests: [line('passed'), line('passed'), line('skipped')], passed: 2, failed: 0 },
    { name: 'a failed test', end: { code: 1 }, tests: [line('passed'), line('failed')], passed: 1, failed: 1 },
    { name: 'no test at all', end: {}, tests: [], passed: 0, failed: 1 },
    { name: 'a crash after passed tests', end: { code: 134 }, tests: [line('passed')], passed: 1, failed: 1 },
    { name: 'a crash by signal beside a failed test', end: { code: null, signal: 'SIGSEGV' }, tests: [line('failed')], passed: 0, failed: 2 },
    { name: 'a timeout', end: { code: null, signal: 'SIGKILL', timedOut: true }, tests: [line('passed')], passed: 1, failed: 1 },
    { name: 'a check that passes', end: {}, tests: [], check: true, passed: 1, failed: 0 },
    { name: 'a check that fails', end: { code: 2 }, tests: [], check: true, passed: 0, failed: 1 },
  ];
  for (const { name, end, tests, check = false, passed, failed } of cases) {
    it(name, () => {
      const judged = judge({ ...runner, check }, { ...clean, ...end }, tests);
      assert.deepEqual([judged.passed, judged.failures.length], [passed, failed]);
    });
  }
});
