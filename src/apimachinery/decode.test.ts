import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject, type FieldValidation } from './decode.ts';
import { findDuplicateFields, parseJson } from './json.ts';
import type { Schema, StructSchema } from './schema.ts';
import { parseYaml, parseYamlDocuments, duplicateKeysProblem, formatYaml } from './yaml.ts';

const scalar = (type: 'string' | 'int32' | 'boolean' | 'quantity' | 'time' | 'micro-time' | 'bytes' | 'any'): Schema => ({ type: 'scalar', scalar: type });
const struct = (name: string, fields: Record<string, Schema>): StructSchema => ({
  type: 'struct', name, fields: new Map(Object.entries(fields).map(([key, schema]) => [key, { schema }])),
});
const env = struct('io.k8s.api.core.v1.EnvVar', { name: scalar('string'), value: scalar('string') });
const container = struct('io.k8s.api.core.v1.Container', { env: { type: 'list', item: env }, limits: { type: 'map', value: scalar('quantity') } });
const spec = struct('io.k8s.api.core.v1.PodSpec', {
  containers: { type: 'list', item: container }, priority: scalar('int32'), at: scalar('time'), micro: scalar('micro-time'), data: scalar('bytes'), hostNetwork: scalar('boolean'),
});
const pod = struct('io.k8s.api.core.v1.Pod', { kind: scalar('string'), labels: { type: 'map', value: scalar('string') }, spec });

const decode = (value: unknown, mode: FieldValidation = 'Ignore'): unknown => decodeObject(pod, value, { mode, kind: 'Pod', version: 'v1' }).object;
const refusal = (value: unknown, mode: FieldValidation = 'Ignore'): string => {
  try {
    decode(value, mode);
  } catch (error) {
    return error instanceof Error ? error.message.replace('Pod in version "v1" cannot be handled as a Pod: ', '') : '';
  }
  return 'accepted';
};

test('unknown fields and nulls are dropped', () => {
  assert.deepEqual(decode({ kind: 'Pod', foo: 1, spec: { containers: [{ env: null, x: {} }], priority: null } }), { kind: 'Pod', spec: { containers: [{}] } });
  assert.deepEqual(decode({ labels: { a: null, b: 'c' }, spec: { containers: [null] } }), { labels: { a: '', b: 'c' }, spec: { containers: [{}] } });
});

test('empty lists and maps are kept, or left away where that is asked for', () => {
  const value = (): unknown => ({ labels: {}, spec: { containers: [{ env: [], limits: {} }, {}] } });
  assert.deepEqual(decode(value()), value());
  assert.deepEqual(decodeObject(pod, value(), { mode: 'Ignore', dropEmpty: true }).object, { spec: { containers: [{}, {}] } });
  assert.deepEqual(decodeObject(pod, { spec: { containers: [] } }, { mode: 'Ignore', dropEmpty: true }).object, { spec: {} });
});

test('scalars come back as upstream writes them', () => {
  const value = { spec: { containers: [{ limits: { cpu: 0.5, memory: '1024Mi' } }], at: '2024-01-01T02:00:00+02:00', micro: '2024-01-01T00:00:00.5Z', data: 'YW\nI=' } };
  assert.deepEqual(decode(value), { spec: { containers: [{ limits: { cpu: '500m', memory: '1Gi' } }], at: '2024-01-01T00:00:00Z', micro: '2024-01-01T00:00:00.500000Z', data: 'YWI=' } });
});

const refused: readonly (readonly [unknown, string])[] = [
  [{ spec: { containers: [{ env: [{ value: 1 }] }] } }, 'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string'],
  [{ spec: { priority: 'x' } }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.priority of type int32'],
  [{ spec: { priority: 1.5 } }, 'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32'],
  [{ spec: { containers: {} } }, 'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container'],
  [{ spec: [] }, 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
  [{ labels: { a: true } }, 'json: cannot unmarshal bool into Go struct field Pod.labels of type string'],
  [{ spec: { hostNetwork: 'yes' } }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool'],
  [{ spec: { containers: [{ limits: { cpu: '1x' } }] } }, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  [{ spec: { data: '*' } }, 'illegal base64 data at input byte 0'],
  [[], 'json: cannot unmarshal array into Go value of type v1.Pod'],
];
for (const [value, message] of refused) test(`${JSON.stringify(value)} is refused`, () => assert.equal(refusal(value), message));

test('strict and warning modes tell of unknown and duplicate fields', () => {
  const value = (): unknown => ({ foo: 1, spec: { containers: [{ bar: 1 }] } });
  assert.equal(refusal(value(), 'Strict'), 'strict decoding error: unknown field "foo", unknown field "spec.containers[0].bar"');
  const decoded = decodeObject(pod, value(), { mode: 'Warn', duplicates: ['spec.a'] });
  assert.deepEqual(decoded.warnings, ['duplicate field "spec.a"', 'unknown field "foo"', 'unknown field "spec.containers[0].bar"']);
});

test('within what is unknown nothing else is told of', () => {
  assert.deepEqual(decodeObject(pod, { foo: { a: 1 }, spec: {} }, { mode: 'Warn', duplicates: ['foo.a', 'foo', 'spec'] }).warnings, ['duplicate field "spec"', 'unknown field "foo"']);
});

test('custom types are pruned but not judged', () => {
  const custom: StructSchema = { type: 'struct', fields: new Map([['n', { schema: scalar('int32') }], ['keep', { schema: { type: 'struct', fields: new Map(), preserveUnknown: true } }], ['maybe', { schema: scalar('string'), nullable: true }]]) };
  const { object } = decodeObject(custom, { n: 'text', keep: { x: 1 }, maybe: null, gone: 1 }, { mode: 'Ignore' });
  assert.deepEqual(object, { n: 'text', keep: { x: 1 }, maybe: null });
});

test('duplicate fields are found in JSON and YAML', () => {
  assert.deepEqual(findDuplicateFields('{"a":{"b":1,"b":[{"c":1},{"c":2,"\\u0063":3}]},"s":"{\\"a\\":1,\\"a\\":2}"}'), ['a.b', 'a.b[1].c']);
  assert.deepEqual(findDuplicateFields('{"a":["x","x"],"b":"a"}'), []);
  assert.equal(duplicateKeysProblem('a:\n  b: 1\n  b: 2\nc:\n- d: 1\n  d: 2\n'), 'yaml: unmarshal errors:\n  line 3: key "b" already set in map\n  line 6: key "d" already set in map');
  assert.equal(duplicateKeysProblem('a: {b: 1}\nc: {b: 1}\n'), undefined);
});

const broken: readonly (readonly [string, string])[] = [
  ['', 'unexpected end of JSON input'], ['{"a":', 'unexpected end of JSON input'], ['{"a":"b', 'unexpected end of JSON input'], ['[1', 'unexpected end of JSON input'],
  ['{"a":x}', "invalid character 'x' looking for beginning of value"], ['[1,]', "invalid character ']' looking for beginning of value"], ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"], ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"], ['[1 2]', "invalid character '2' after array element"], ['{} {}', "invalid character '{' after top-level value"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"], ['[t', "invalid character ' ' in literal true (expecting 'r')"], ['{"a":01}', "invalid character '1' after object key:value pair"], ['[-x]', "invalid character 'x' in numeric literal"],
  ['[1.]', "invalid character ']' after decimal point in numeric literal"], ['[1e]', "invalid character ']' in exponent of numeric literal"], ['["\\q"]', "invalid character 'q' in string escape code"], ['["\\u12x"]', "invalid character 'x' in \\u hexadecimal character escape"],
  ['["\n"]', "invalid character '\\n' in string literal"], ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"], ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ['[1e400]', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
];
for (const [text, message] of broken) test(`broken JSON: ${text}`, () => assert.throws(() => parseJson(text), { code: 400, message: `couldn't get version/kind; json parse error: ${message}` }));

test('YAML 1.1', () => {
  const text = 'mode: 0400\r\non: yes\r\noff: no\r\nday: 2020-01-01\r\ntime: 12:30:45\r\nhex: 0x10\r\nq: "yes"\r\nnothing: ~\r\nf: 1.5\r\n1: x\r\n';
  assert.deepEqual(parseYaml(text), { mode: 256, true: true, false: false, day: '2020-01-01', time: '12:30:45', hex: 16, q: 'yes', nothing: null, f: 1.5, 1: 'x' });
  assert.deepEqual(parseYamlDocuments('---\na: 1\n---\n---\n# nothing\n---\nb: 2\n'), [{ a: 1 }, { b: 2 }]);
  assert.deepEqual(parseYaml('base: &b {x: 1}\nuse:\n  <<: *b\n  z: 2\na: 1\na: 2\n'), { base: { x: 1 }, use: { x: 1, z: 2 }, a: 2 });
  assert.deepEqual(parseYaml(formatYaml({ b: 'yes', a: '0400', c: [{ d: 'on' }] })), { b: 'yes', a: '0400', c: [{ d: 'on' }] });
});

test('YAML bombs and broken YAML are refused', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i] ?? ''}`).join(',')}]`)].join('\n');
  assert.throws(() => parseYaml(bomb), { message: /^error converting YAML to JSON: yaml: Excessive alias count/ });
  assert.throws(() => parseYaml('a: [1'), { message: /^error converting YAML to JSON: yaml: / });
  assert.throws(() => parseYaml('a: .inf'), { message: /unsupported value/ });
});

test('an alias within what it stands for is refused', () => {
  for (const text of ['a: &a {b: *a}', '&a [1, [*a]]']) assert.throws(() => parseYaml(text), { code: 400, message: /anchor 'a' value contains itself/ });
  assert.deepEqual(parseYaml('a: &a {b: 1}\nc: {a: &a 2, d: *a}'), { a: { b: 1 }, c: { a: 2, d: 2 } });
});
