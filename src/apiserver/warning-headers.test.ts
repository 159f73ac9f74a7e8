import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningHeaders } from './warning-headers.ts';

test('each text is told once, on one line, in quotes', () => {
  assert.deepEqual(warningHeaders(['a', 'a', '', 'say "b"\\', 'c\nd\u0001e']), ['299 - "a"', '299 - "say \\"b\\"\\\\"', '299 - "c d e"']);
});

test('letters beyond ASCII leave as their UTF-8 bytes', () => {
  const [header = ''] = warningHeaders(['unknown field "日"']);
  assert.equal(Buffer.from(header, 'latin1').toString(), '299 - "unknown field \\"日\\""');
});

test('texts that come to more than 4096 characters are cut, and no more than that is told', () => {
  const long = 'x'.repeat(300);
  assert.deepEqual(warningHeaders([long]), [`299 - "${long}"`]);
  const many = warningHeaders(Array.from({ length: 100 }, (_, i) => `${i} ${long}`));
  assert.equal(many.length, 16);
  assert.ok(many.every((header) => header.length === 256 + '299 - ""'.length));
});
