import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prefixEnd, sortable } from './key-order.ts';

const keys = ['', 'a', 'a/', 'a/b', 'a0', 'ab', 'é', '\ud7ff', '\ue000', '\uffee', '\u{10000}', '\u{1f600}', '\u{10ffff}', 'x\uffee', 'x\u{1f600}', 'x\u{1f600}y'];

test('stand-ins sort as the UTF-8 bytes of the keys do', () => {
  for (const left of keys) {
    for (const right of keys) {
      const inBytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
      const [a, b] = [sortable(left), sortable(right)];
      assert.equal(a < b ? -1 : a > b ? 1 : 0, inBytes, `${JSON.stringify(left)} and ${JSON.stringify(right)}`);
      assert.equal(b.startsWith(a), right.startsWith(left));
    }
  }
});

test('a prefix is the range up to its end', () => {
  for (const prefix of keys) {
    const end = prefixEnd(prefix);
    for (const key of keys) {
      const inRange = sortable(key) >= sortable(prefix) && (end === undefined || sortable(key) < sortable(end));
      assert.equal(inRange, key.startsWith(prefix), `${JSON.stringify(key)} under ${JSON.stringify(prefix)}`);
    }
  }
});

test('ends of prefixes', () => {
  assert.equal(prefixEnd('/a/'), '/a0');
  assert.equal(prefixEnd(''), undefined);
  assert.equal(prefixEnd('\u{10ffff}'), undefined);
  assert.equal(prefixEnd('a\u{10ffff}'), 'b');
  assert.equal(prefixEnd('\ud7ff'), '\ue000');
});
