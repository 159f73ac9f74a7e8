import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { formatCheck, formatWarnings } from './schema-formats.ts';

const fitting: Readonly<Record<string, readonly [good: string, bad: string]>> = {
  'date-time': ['2026-01-31T10:00:00.5Z', '2026-01-32T10:00:00Z'],
  date: ['2026-01-31', '31.1.2026'],
  uuid4: ['f47ac10b-58cc-4372-a567-0e02b2c3d479', 'f47ac10b-58cc-1372-a567-0e02b2c3d479'],
  ipv4: ['192.0.2.1', '192.0.2.256'],
  cidr: ['192.0.2.0/24', '192.0.2.0'],
  mac: ['00:1b:44:11:3a:b7', '00:1b:44:11:3a'],
  uri: ['https://example.com/a', 'no'],
  byte: ['aGk=', 'aGk'],
  rgbcolor: ['rgb(1, 20, 255)', 'rgb(1, 20, 256)'],
  isbn10: ['0-306-40615-2', '0-306-40615'],
  isbn13: ['978-0306406157', '977-0306406157'],
  bsonobjectid: ['507f1f77bcf86cd799439011', '507f1f77bcf86cd79943901z'],
  'k8s-short-name': ['a-b', 'a.b'],
  'k8s-long-name': ['a.b', 'a..b'],
};
for (const [format, [good, bad]] of Object.entries(fitting)) test(`format ${format}`, () => assert.deepEqual([formatCheck(format)?.(good), formatCheck(format)?.(bad)], [true, false]));

test('a format that says nothing is warned of, once', () => {
  const format = (type: string, name: string): JSONSchemaProps => ({ type, format: name });
  const properties = { a: format('number', 'double'), b: format('integer', 'int64'), c: { type: 'array', items: format('number', 'double') }, d: format('string', 'date-time'), e: { type: 'object', additionalProperties: format('string', 'colour') } };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } };
  const crd = { metadata: { name: 'things.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions: [version] } };
  assert.deepEqual(formatWarnings(crd), ['unrecognized format "colour"', 'unrecognized format "double"']);
});
