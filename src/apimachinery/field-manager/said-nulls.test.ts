import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseSchema } from './ownership.cases.ts';
import { restoreNulls } from './said-nulls.ts';

test('nulls that decoding dropped come back, but not those of what the server sets', () => {
  const sent = { metadata: { name: null }, text: null, unknown: null, parts: { a: null, inner: null }, list: [{ k: 'x', a: null, parts: { a: null, b: '1' } }] };
  const config = { metadata: {}, parts: {}, list: [{ k: 'x', parts: { b: '1' } }] };
  restoreNulls(caseSchema, sent, config);
  assert.deepEqual(config, { metadata: {}, text: null, parts: { a: null, inner: null }, list: [{ k: 'x', a: null, parts: { a: null, b: '1' } }] });
});
