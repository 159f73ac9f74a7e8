import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfigMapKey, checkDns1035Label, checkDns1123Label, checkDns1123Subdomain, checkLabelValue, checkQualifiedName } from './names.ts';

test('names are checked with upstream\'s words', () => {
  assert.deepEqual(checkDns1123Subdomain('a.b-c'), []);
  assert.deepEqual(checkDns1123Subdomain('P_bad name'), [
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]);
  assert.deepEqual(checkDns1123Label('a'.repeat(64)), ['must be no more than 63 bytes']);
  assert.match(checkDns1035Label('1a')[0] ?? '', /^a DNS-1035 label must .*'my-name',  or 'abc-123', regex used/);
  assert.deepEqual(checkConfigMapKey('..'), ["must not be '..'"]);
  assert.deepEqual(checkLabelValue(''), []);
  assert.equal(checkLabelValue('a b').length, 1);
});

test('qualified names', () => {
  for (const name of ['a', 'A_b.c', 'example.com/a']) assert.deepEqual(checkQualifiedName(name), [], name);
  assert.deepEqual(checkQualifiedName('/a'), ['prefix part must be non-empty']);
  assert.match(checkQualifiedName('a/b/c')[0] ?? '', /^a qualified name must consist/);
  assert.match(checkQualifiedName('A.com/b')[0] ?? '', /^prefix part a lowercase RFC 1123 subdomain/);
  assert.equal(checkQualifiedName('').length, 2);
});
