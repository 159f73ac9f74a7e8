import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldPath } from '../../apimachinery/field-error.ts';
import type { CustomResourceDefinition, JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';
import { checkRules } from './cel-rules.ts';
import { schemaErrors } from './schema-admission.ts';

const integer: JSONSchemaProps = { type: 'integer' };
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
  ['a missing field is an error', withRule({ rule: 'self.absent == 1', message: 'm' }), { min: 1 }, undefined, ['FieldValueInvalid spec: Invalid value: "object": No such key: absent evaluating rule: m']],
];

for (const [name, props, value, old, errors] of cases) test(`rules: ${name}`, () => assert.deepEqual(said(props, value, old), errors));

test('definitions that cannot be used are refused', () => {
  const crd = (openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition => ({ metadata: {}, spec: { group: 'a.b', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] } });
  assert.deepEqual(schemaErrors(crd(withRule({ rule: 'self.min < self.max' }))), []);
  assert.deepEqual(schemaErrors(crd({ type: 'object', properties: { spec: { properties: {} } } })).map(({ field, message }) => `${field}: ${message}`), ['spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields']);
  assert.deepEqual(schemaErrors(crd({})).map(({ field }) => field), ['spec.validation.openAPIV3Schema.type']);
  for (const rule of ['self.min <', 'nobody.min == 1', 'self.min.frobnicate()']) {
    const [error] = schemaErrors(crd(withRule({ rule })));
    assert.equal(error?.field, 'spec.validation.openAPIV3Schema.x-kubernetes-validations[0].rule', rule);
    assert.match(error?.message ?? '', /compilation failed/);
  }
});
