import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldPath, formatFieldError } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { validateCustom } from './custom-validation.ts';

const said = (props: JSONSchemaProps, value: unknown, old?: unknown): string[] => validateCustom(props, value, FieldPath.of('spec', 'x'), old).map(formatFieldError);
const text: JSONSchemaProps = { type: 'string' };
const number: JSONSchemaProps = { type: 'number' };

const cases: [string, JSONSchemaProps, unknown, string[]][] = [
  ['type', text, 5, ['spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer"']],
  ['type, of a format', { ...text, format: 'date' }, 5, ['spec.x: Invalid value: "int64": spec.x in body must be of type date: "int64"']],
  ['type, with all else', { ...text, enum: ['a'] as never, minimum: 6 }, 5, ['spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer"', 'spec.x: Invalid value: 5: spec.x in body should be greater than or equal to 6', 'spec.x: Unsupported value: 5: supported values: "a"']],
  ['an integer beyond 64 bits', { type: 'integer' }, 1e20, ['spec.x: Invalid value: "number": spec.x in body must be of type integer: "number"']],
  ['null', text, null, ['spec.x: Invalid value: "null": spec.x in body must be of type string: "null"']],
  ['nullable', { ...text, nullable: true }, null, []],
  ['null, in no enumeration', { ...text, nullable: true, enum: ['a', null] as never }, null, ['spec.x: Unsupported value: null: supported values: "a", "null"']],
  ['one of a text\'s limits', { ...text, maxLength: 1, pattern: 'b' }, 'aa', ['spec.x: Too long: may not be more than 1 bytes']],
  ['int or string', { 'x-kubernetes-int-or-string': true }, true, ['spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"']],
  ['enum', { ...text, enum: ['a', 'b'] as never }, 'c', ['spec.x: Unsupported value: "c": supported values: "a", "b"']],
  ['minLength', { ...text, minLength: 3 }, 'ab', ['spec.x: Invalid value: "ab": spec.x in body should be at least 3 chars long']],
  ['pattern', { ...text, pattern: '^a+$' }, 'b', ["spec.x: Invalid value: \"b\": spec.x in body should match '^a+$'"]],
  ['maximum', { ...number, maximum: 5 }, 6, ['spec.x: Invalid value: 6: spec.x in body should be less than or equal to 5']],
  ['exclusive minimum', { ...number, minimum: 5, exclusiveMinimum: true }, 5, ['spec.x: Invalid value: 5: spec.x in body should be greater than 5']],
  ['a minimum between integers', { ...number, minimum: 5.5 }, 5, []],
  ['a maximum of fractions', { ...number, maximum: 1e6 }, 1000000.5, ['spec.x: Invalid value: 1.0000005e+06: spec.x in body should be less than or equal to 1e+06']],
  ['multipleOf a fraction', { ...number, multipleOf: 0.1 }, 0.3, []],
  ['multipleOf', { ...number, multipleOf: 2 }, 3, ['spec.x: Invalid value: 3: spec.x in body should be a multiple of 2']],
  ['minItems', { type: 'array', minItems: 1 }, [], ['spec.x: Invalid value: 0: spec.x in body should have at least 1 items']],
  ['maxItems', { type: 'array', maxItems: 1 }, [1, 2], ['spec.x: Too many: 2: must have at most 1 items']],
  ['set', { type: 'array', items: text as never, 'x-kubernetes-list-type': 'set' }, ['a', 'a'], ['spec.x[1]: Duplicate value: "a"']],
  ['required', { type: 'object', required: ['a'] }, {}, ['spec.x.a: Required value']],
  ['minProperties', { type: 'object', minProperties: 2 }, { a: 1 }, ['spec.x: Invalid value: 1: spec.x in body should have at least 2 properties']],
  ['additionalProperties', { type: 'object', additionalProperties: text as never }, { a: 1 }, ['spec.x.a: Invalid value: "integer": spec.x.a in body must be of type string: "integer"']],
  ['a map in a list, twice', { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['z', 'a'], items: { type: 'object' } as never }, [{ z: 1, a: 2, b: 3 }, { a: 2, z: 1 }], ['spec.x[1]: Duplicate value: {"a":2,"z":1}']],
  ['anyOf', { anyOf: [{ required: ['a'] }, { required: ['b'] }] as never }, {}, ['<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)', 'spec.x.a: Required value']],
  ['anyOf, the nearest', { anyOf: [{ type: 'object' }, { type: 'string', minLength: 2 }] as never }, 'x', ['<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)', 'spec.x: Invalid value: "x": spec.x in body should be at least 2 chars long']],
  ['oneOf, none', { oneOf: [{ minimum: 5 }] as never }, 1, ['<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid', 'spec.x: Invalid value: 1: spec.x in body should be greater than or equal to 5']],
  ['oneOf, two', { oneOf: [{ minimum: 0 }, { maximum: 5 }] as never }, 1, ['<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives']],
  ['allOf', { allOf: [{ minimum: 2 }] as never }, 1, ['spec.x: Invalid value: 1: spec.x in body should be greater than or equal to 2', '<nil>: Invalid value: "": "spec.x" must validate all the schemas (allOf). None validated']],
  ['not', { not: { required: ['a'] } as never }, { a: 1 }, ['<nil>: Invalid value: "": "spec.x" must not validate the schema (not)']],
];
for (const [name, props, value, errors] of cases) test(`values: ${name}`, () => assert.deepEqual(said(props, value), errors));

const formatCases: [string, readonly string[], readonly string[]][] = [
  ['date-time', ['2024-01-01T00:00:00Z'], ['2024-01-01', 'x']],
  ['date', ['2024-01-31'], ['2024-13-01']],
  ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123']],
  ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
  ['ipv4', ['10.0.0.1'], ['10.0.0.256', '::1']],
  ['ipv6', ['::1'], ['10.0.0.1']],
  ['cidr', ['10.0.0.0/8'], ['10.0.0.0']],
  ['mac', ['00:11:22:33:44:55'], ['00:11']],
  ['hostname', ['a.example.com'], ['-a', 'a b']],
  ['email', ['a@b.c'], ['a']],
  ['uri', ['https://a/b'], ['a b']],
  ['byte', ['YWJj'], ['abc', '']],
  ['duration', ['1h30m', '5s', '2 weeks'], ['soon']],
  ['unheard-of', ['anything'], []],
];
for (const [format, good, bad] of formatCases) {
  test(`values: format ${format}`, () => {
    for (const value of good) assert.deepEqual(said({ ...text, format }, value), [], value);
    for (const value of bad) assert.deepEqual(said({ ...text, format }, value), [`spec.x: Invalid value: ${JSON.stringify(value)}: spec.x in body must be of type ${format}: ${JSON.stringify(value)}`], value);
  });
}

test('values: what an update leaves as it was is not judged again, beside what it changes', () => {
  const props: JSONSchemaProps = { type: 'object', properties: { a: { ...number, maximum: 1 }, b: { ...number, maximum: 1 } }, required: [] };
  assert.deepEqual(said(props, { a: 5, b: 0 }, { a: 5, b: 1 }), []);
  assert.equal(said(props, { a: 6, b: 0 }, { a: 5, b: 1 }).length, 1);
  const list: JSONSchemaProps = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', properties: { k: text, n: { ...number, maximum: 1 } } } as never };
  assert.deepEqual(said(list, [{ k: 'new', n: 1 }, { k: 'old', n: 9 }], [{ k: 'old', n: 9 }]), []);
});
