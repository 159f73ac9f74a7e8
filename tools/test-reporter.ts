/** A reporter for node:test that writes one JSON line a test, for run-tests.ts to count and to show. */
import type { TestEvent } from 'node:test/reporters';

/** One test that has ended. Suites are not tests; their failures are those of their tests, or of a hook. */
export interface TestLine {
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly name: string;
  readonly file: string | undefined;
  readonly ms: number;
  readonly error?: string;
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = [];
  for await (const event of events) {
    if (event.type === 'test:start') {
      path.length = event.data.nesting;
      path[event.data.nesting] = event.data.name;
    }
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const line = lineOf(event, path.slice(0, event.data.nesting));
      if (line) yield `${JSON.stringify(line)}\n`;
    }
  }
}

function lineOf(event: Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>, parents: readonly string[]): TestLine | undefined {
  const { name, file, skip, todo, details } = event.data;
  const of = { name: [...parents, name].join(' > '), file, ms: details.duration_ms };
  if (event.type === 'test:pass') {
    if (details.type === 'suite' && skip === undefined) return undefined;
    return { result: skip !== undefined || todo !== undefined ? 'skipped' : 'passed', ...of };
  }
  const { error } = event.data.details as { readonly error: Error };
  const { failureType, cause } = error as { readonly failureType?: string; readonly cause?: unknown };
  if (failureType === 'subtestsFailed') return undefined;
  return { result: todo !== undefined ? 'skipped' : 'failed', ...of, error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? error.message) };
}
