import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { formatCheck, formatWarnings } from './schema-formats.ts';

/** Per format: texts that have it, and texts that do not. */
const fitting: Readonly<Record<string, readonly [good: readonly string[], bad: readonly string[]]>> = {
  'date-time': [['2026-01-31T10:00:00.5Z', '2026-01-31t10:00:00z', '2026-01-31T10:00:00+99:99'], ['2026-01-32T10:00:00Z', '2026-02-30T10:00:00Z', '2026-01-31 10:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T10:00:60Z', '2026-01-31T10:00:00']],
  date: [['2026-01-31', '2024-02-29', '2000-02-29'], ['31.1.2026', '2023-02-29', '1900-02-29', '2026-04-31', '2026-13-01', '2026-1-1']],
  duration: [['1h30m', '1.5h', '-1h', '0', '.5s', '2 weeks', '1 hour 2 min', 'about 3 days', '1μs', '1.5d'], ['', '1', 'h', '00', '1 fortnight', '1e3', '99999999999999999999h']],
  uuid4: [['f47ac10b-58cc-4372-a567-0e02b2c3d479', 'F47AC10B58CC4372A5670E02B2C3D479'], ['f47ac10b-58cc-1372-a567-0e02b2c3d479']],
  ipv4: [['192.0.2.1', '192.000.02.01', '::ffff:192.0.2.1'], ['192.0.2.256', '192.0.2', '::1']],
  ipv6: [['::1', '::ffff:192.0.2.1', '2001:DB8::1'], ['192.0.2.1', 'fe80::1%eth0', '1::2::3']],
  cidr: [['192.0.2.0/24', '192.0.2.1/024', '::/0'], ['192.0.2.0', '192.0.2.0/33', '192.0.2.0/-1']],
  mac: [['00:1b:44:11:3a:b7', '00-1B-44-11-3A-B7', '001b.4411.3ab7', '00:11:22:33:44:55:66:77'], ['00:1b:44:11:3a', '00:1b-44:11:3a:b7', '00:11:22:33:44:55:66']],
  hostname: [['example.com', 'localhost', 'a-', '1', 'ex--ample.com', 'münchen.de', '☃.net'], ['', 'a.b', 'example.1', 'example.co-m', '-a.com', 'a_b.com', 'a.com.', `${'a'.repeat(64)}.com`]],
  email: [['a@b', 'Ada <ada@example.com>', '"A. B" <a@b>', 'a@b (home)', '"a b"@c', 'a@[192.0.2.1]', 'friends: a@b;'], ['a', 'a@', '@b', 'a..b@c', 'a@b, c@d', 'a@b c', '<a@b', 'A, B <a@b>', '""@b', 'friends: a@b, c@d;', 'a@[x]']],
  uri: [['https://example.com/a', '/a b', 'mailto:a@b.c', 'urn:isbn:1', 'http://[::1]:80/', '*', 'http://a?b c', 'http://日本/ü'], ['no', '', '#a', '?a', 'http://a b', 'http://a:b', '/%zz', 'http://[::1', 'http://[x]/', '1http://a', 'http://{a}/']],
  byte: [['aGk=', 'aGlp'], ['aGk', '', 'aGk=\n', 'a-_=']],
  rgbcolor: [['rgb(1, 20, 255)'], ['rgb(1, 20, 256)', 'rgb(01,2,3)', 'RGB(1,2,3)']],
  isbn: [['0-306-40615-2', '080442957X', '978-0306406157'], ['0-306-40615-3', '978-0306406158', '2026-01-31']],
  isbn10: [['0-306-40615-2'], ['0-306-40615', '080442957x']],
  isbn13: [['978-0306406157'], ['977-0306406157']],
  creditcard: [['4111 1111 1111 1111', 'x4111111111111111'], ['4111111111111112', '1234567890123']],
  ssn: [['123-45-6789', '123 45-6789'], ['123456789', '12-345-6789']],
  bsonobjectid: [['507f1f77bcf86cd799439011'], ['507f1f77bcf86cd79943901z']],
  quantity: [['10Gi', '0.5'], ['10Gb', '']],
  'k8s-short-name': [['a-b'], ['a.b']],
  'k8s-long-name': [['a.b'], ['a..b']],
};
for (const [format, [good, bad]] of Object.entries(fitting)) {
  test(`format ${format}`, () => {
    for (const text of good) assert.equal(formatCheck(format)?.(text), true, text);
    for (const text of bad) assert.equal(formatCheck(format)?.(text), false, text);
  });
}

test('a format that says nothing is warned of, once', () => {
  const format = (type: string, name: string): JSONSchemaProps => ({ type, format: name });
  const properties = { a: format('number', 'double'), b: format('integer', 'int64'), c: { type: 'array', items: format('number', 'double') }, d: format('string', 'date-time'), f: format('string', 'int32'), g: format('boolean', 'date'), e: { type: 'object', additionalProperties: format('string', 'colour') } };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } };
  const crd = { metadata: { name: 'things.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions: [version] } };
  assert.deepEqual(formatWarnings(crd), ['unrecognized format "colour"', 'unrecognized format "date"', 'unrecognized format "int32"']);
});
