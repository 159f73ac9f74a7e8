import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldPath } from '../../apimachinery/field-error.ts';
import type { CustomResourceDefinition, JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';
import { checkRules } from './cel-rules.ts';
import { schemaErrors } from './schema-admission.ts';

const integer: JSONSchemaProps = { type: 'integer' };
const set: JSONSchemaProps = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } };
const keyed: JSONSchemaProps = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', properties: { name: { type: 'string' }, size: integer } } };
const withRule = (rule: ValidationRule, properties: Record<string, JSONSchemaProps> = { min: integer, max: integer }): JSONSchemaProps => ({ type: 'object', properties, 'x-kubernetes-validations': [rule] });
const said = (props: JSONSchemaProps, value: unknown, old?: unknown): string[] => checkRules(props, value, old, FieldPath.of('spec')).map(({ field, message, type }) => `${type} ${field}: ${message}`);

const cases: [string, JSONSchemaProps, unknown, unknown, string[]][] = [
  ['holds', withRule({ rule: 'self.min + 1 <= self.max' }), { min: 1, max: 2 }, undefined, []],
  ['default message', withRule({ rule: 'self.min <= self.max' }), { min: 3, max: 2 }, undefined, ['FieldValueInvalid spec: Invalid value: "object": failed rule: self.min <= self.max']],
  ['message', withRule({ rule: 'self.min <= self.max', message: 'min above max' }), { min: 3, max: 2 }, undefined, ['FieldValueInvalid spec: Invalid value: "object": min above max']],
  ['message expression', withRule({ rule: 'self.min <= self.max', messageExpression: "'min is ' + string(self.min)" }), { min: 3, max: 2 }, undefined, ['FieldValueInvalid spec: Invalid value: "object": min is 3']],
  ['reason and path', withRule({ rule: 'self.min < 2', message: 'no', reason: 'FieldValueForbidden', fieldPath: '.min' }), { min: 3 }, undefined, ['FieldValueForbidden spec.min: Forbidden: no']],
  ['a change', withRule({ rule: 'self.min == oldSelf.min', message: 'fixed' }), { min: 3 }, { min: 2 }, ['FieldValueInvalid spec: Invalid value: "object": fixed']],
  ['no change without an old value', withRule({ rule: 'self.min == oldSelf.min', message: 'fixed' }), { min: 3 }, undefined, []],
  ['of a field', { type: 'object', properties: { size: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'only grows' }] } } }, { size: 1 }, { size: 2 }, ['FieldValueInvalid spec.size: Invalid value: "integer": only grows']],
  ['of an item found by its key', {
    type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'],
    items: { type: 'object', properties: { name: { type: 'string' }, size: integer }, 'x-kubernetes-validations': [{ rule: 'self.size >= oldSelf.size', message: 'only grows' }] },
  }, [{ name: 'b', size: 1 }, { name: 'a', size: 5 }], [{ name: 'a', size: 4 }, { name: 'b', size: 2 }], ['FieldValueInvalid spec[0]: Invalid value: "object": only grows']],
  ['sets, whatever their order', withRule({ rule: "self.tags == oldSelf.tags && self.tags + ['c', 'a'] == ['a', 'b', 'c'] && size(self.tags + ['a']) == 2" }, { tags: set }), { tags: ['b', 'a'] }, { tags: ['a', 'b'] }, []],
  ['sets that differ', withRule({ rule: 'self.tags != oldSelf.tags' }, { tags: set }), { tags: ['b', 'a'] }, { tags: ['a', 'c'] }, []],
  ['sets within objects', withRule({ rule: 'self.inner == oldSelf.inner' }, { inner: { type: 'object', properties: { tags: set } } }), { inner: { tags: ['b', 'a'] } }, { inner: { tags: ['a', 'b'] } }, []],
  ['maps, whatever their order', withRule({ rule: "self.ports == oldSelf.ports && (self.ports + [{'name': 'a', 'size': 9}]).exists(p, p.name == 'a' && p.size == 9) && size(self.ports + oldSelf.ports) == 2" }, { ports: keyed }), { ports: [{ name: 'a', size: 1 }, { name: 'b', size: 2 }] }, { ports: [{ name: 'b', size: 2 }, { name: 'a', size: 1 }] }, []],
  ['plain lists, in their order', withRule({ rule: 'self.list != oldSelf.list' }, { list: { type: 'array', items: integer }, tags: set }), { list: [1, 2] }, { list: [2, 1] }, []],
  ['a field that is null is absent', withRule({ rule: '!has(self.min) && self.max == 1' }, { min: { ...integer, nullable: true }, max: integer }), { min: null, max: 1 }, undefined, []],
  ['a missing field is an error', withRule({ rule: 'self.absent == 1', message: 'm' }), { min: 1 }, undefined, ['FieldValueInvalid spec: Invalid value: "object": no such key: absent evaluating rule: m']],
];

for (const [name, props, value, old, errors] of cases) test(`rules: ${name}`, () => assert.deepEqual(said(props, value, old), errors));

test('definitions that cannot be used are refused', () => {
  const crd = (openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition => ({ metadata: {}, spec: { group: 'a.b', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] } });
  assert.deepEqual(schemaErrors(crd(withRule({ rule: 'self.min < self.max' }))), []);
  assert.deepEqual(schemaErrors(crd(withRule({ rule: 'self.tags.all(i, tag, i < 3 && tag.size() < 9)' }, { tags: { ...set, maxItems: 5, items: { type: 'string', maxLength: 9 } } }))), []);
  assert.match(schemaErrors(crd(withRule({ rule: "self.tags.all(i, a, self.tags.all(j, b, a.contains(b) || i < j))" }, { tags: set })))[0]?.message ?? '', /exceeds budget/);
  assert.deepEqual(schemaErrors(crd({ type: 'object', properties: { spec: { properties: {} } } })).map(({ field, message }) => `${field}: ${message}`), ['spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields']);
  assert.deepEqual(schemaErrors(crd({})).map(({ field }) => field), ['spec.validation.openAPIV3Schema.type']);
  for (const rule of ['self.min <', 'nobody.min == 1', 'self.min.frobnicate()']) {
    const [error] = schemaErrors(crd(withRule({ rule })));
    assert.equal(error?.field, 'spec.validation.openAPIV3Schema.x-kubernetes-validations[0].rule', rule);
    assert.match(error?.message ?? '', /compilation failed/);
  }
});

const crdOf = (openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition => ({ metadata: {}, spec: { group: 'a.b', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] } });
const spec = (props: JSONSchemaProps): CustomResourceDefinition => crdOf({ type: 'object', properties: { spec: props } });
const refusals = (crd: CustomResourceDefinition): string[] => schemaErrors(crd).map(({ field, message }) => `${field.replace('spec.validation.openAPIV3Schema.properties[spec]', '@')}: ${message}`);

test('an optional old value is there or not', () => {
  const rule = withRule({ rule: 'oldSelf.hasValue() ? self.min >= oldSelf.value().min : self.min == 0', optionalOldSelf: true, message: 'm' });
  assert.deepEqual(said(rule, { min: 0 }), []);
  assert.equal(said(rule, { min: 1 }).length, 1);
  assert.deepEqual(said(rule, { min: 2 }, { min: 1 }), []);
  assert.equal(said(rule, { min: 0 }, { min: 1 }).length, 1);
});

test('what an update leaves alone is not judged again', () => {
  const rule = withRule({ rule: 'self.min < 2', message: 'm' });
  assert.deepEqual(said(rule, { min: 3 }, { min: 3 }), []);
  assert.equal(said(rule, { min: 4 }, { min: 3 }).length, 1);
});

test('names that CEL cannot say are escaped, a rule that costs too much ends the check', () => {
  const props: JSONSchemaProps = { type: 'object', properties: { 'a-b': integer, namespace: integer, x__y: integer }, 'x-kubernetes-validations': [{ rule: 'self.a__dash__b + self.__namespace__ + self.x__underscores__y == 6' }] };
  assert.deepEqual(said(props, { 'a-b': 1, namespace: 2, x__y: 3 }), []);
  const list: JSONSchemaProps = { type: 'array', items: integer, 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x + y >= 0))', message: 'slow' }, { rule: 'false' }] };
  assert.deepEqual(said(list, Array.from({ length: 2000 }, (_, i) => i)), [`FieldValueInvalid spec: Invalid value: "array": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: slow`]);
});

test('rules are refused for what they may cost', () => {
  const names: JSONSchemaProps = { type: 'array', items: { type: 'string' } };
  const limited = (props: JSONSchemaProps): JSONSchemaProps => ({ ...props, maxItems: 10, items: { type: 'string', maxLength: 10 } as never });
  const twice = { 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] };
  assert.deepEqual(refusals(spec({ ...limited(names), ...twice })), []);
  const [open] = refusals(spec({ ...names, ...twice }));
  assert.equal(open, '@.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)');
  const nested = refusals(spec({ type: 'array', items: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-validations': [{ rule: "self.a.contains('x')" }] } } as never }));
  assert.ok(nested.some((one) => /estimated rule cost exceeds budget/.test(one)), nested.join());
  assert.ok(nested.some((one) => /x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x/.test(one)), nested.join());
});

test('rules are refused for fields that are not there and for old values that cannot be told', () => {
  assert.match(refusals(spec(withRule({ rule: 'self.nobody == 1' })))[0] ?? '', /^@\.x-kubernetes-validations\[0\]\.rule: Invalid value: .*compilation failed: ERROR: <input>:1:5: undefined field 'nobody'/s);
  assert.deepEqual(refusals(spec({ type: 'array', maxItems: 5, items: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } as never })), ['@.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within spec.validation.openAPIV3Schema.properties[spec].items']);
  assert.deepEqual(refusals(spec(withRule({ rule: 'self.min == 1', optionalOldSelf: true }))), ['@.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule']);
  assert.match(refusals(spec(withRule({ rule: "'text'" })))[0] ?? '', /cel expression must evaluate to a bool/);
});

const keywordCases: [JSONSchemaProps, string][] = [
  [{ type: 'array', items: { type: 'string' } as never, uniqueItems: true }, '@.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic'],
  [{ type: 'object', properties: { a: integer }, additionalProperties: { type: 'string' } as never }, '@.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
  [{ type: 'object', additionalProperties: false as never }, '@.additionalProperties: Forbidden: additionalProperties cannot be set to false'],
  [{ type: 'array' }, '@.items: Required value: must be specified'],
  [{ type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } as never, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }, '@.items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'],
  [{ type: 'array', items: { type: 'object' } as never, 'x-kubernetes-list-type': 'map' }, '@.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map'],
  [{ type: 'integer', 'x-kubernetes-int-or-string': true }, '@.type: Invalid value: "integer": must be empty if x-kubernetes-int-or-string is true'],
  [{ type: 'things' }, '@.type: Unsupported value: "things": supported values: "array", "boolean", "integer", "null", "number", "object", "string"'],
];
for (const [props, wanted] of keywordCases) test(`schemas: ${wanted}`, () => assert.deepEqual(refusals(spec(props)), [wanted]));
