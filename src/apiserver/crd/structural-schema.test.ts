import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DefinitionSet, type OpenApiVersion } from '../openapi/schemas.ts';
import { structuralSchema } from './structural-schema.ts';

const published = (version: OpenApiVersion): unknown => {
  const set = new DefinitionSet(version, {}, () => []);
  const size = { type: 'string', description: 'How large.', format: 'date', pattern: '^a', enum: ['a', 'ab'] };
  const port = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  const spec = { type: 'object', required: ['size'], properties: { size, port } };
  set.define('crontab', [], structuralSchema({ type: 'object', description: 'A schedule.', required: ['spec'], properties: { spec } } as never, false));
  const { description, required, properties } = set.definitions['crontab'] as { description: string; required: string[]; properties: Record<string, unknown> };
  return { description, required, spec: properties['spec'] };
};
const size = { description: 'How large.', type: 'string', format: 'date', enum: ['a', 'ab'], pattern: '^a' };

test('what a CRD says of values is published as written', () => {
  const port = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  assert.deepEqual(published(3), { description: 'A schedule.', required: ['spec'], spec: { type: 'object', required: ['size'], properties: { size, port } } });
});

test('version 2 goes without the keywords that it does not have', () => {
  const port = { 'x-kubernetes-int-or-string': true };
  assert.deepEqual(published(2), { description: 'A schedule.', required: ['spec'], spec: { type: 'object', required: ['size'], properties: { size, port } } });
});
