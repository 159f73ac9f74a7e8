import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../object.ts';
import type { Schema, StructSchema } from '../schema.ts';
import { StatusError } from '../status-error.ts';
import { applyConfiguration, updateManagedFields, type Writer } from './field-manager.ts';
import { FieldSet } from './field-set.ts';

const text: Schema = { type: 'scalar', scalar: 'string' };
const number: Schema = { type: 'scalar', scalar: 'int32' };
const struct = (fields: Record<string, Schema>, name?: string): StructSchema => ({
  type: 'struct', ...(name === undefined ? {} : { name }), fields: new Map(Object.entries(fields).map(([key, schema]) => [key, { schema }])),
});
const port = struct({ containerPort: number, protocol: text, name: text }, 'io.k8s.api.core.v1.ContainerPort');
const container = struct({
  name: text, image: text, args: { type: 'list', item: text, listType: 'atomic' }, ports: { type: 'list', item: port, listType: 'map', listMapKeys: ['containerPort', 'protocol'] },
});
const schema = struct({
  apiVersion: text, kind: text,
  metadata: struct({ name: text, labels: { type: 'map', value: text }, finalizers: { type: 'list', item: text, listType: 'set' }, managedFields: { type: 'list', item: text } }),
  spec: struct({ replicas: number, containers: { type: 'list', item: container, listType: 'map', listMapKeys: ['name'] }, selector: { type: 'map', value: text, mapType: 'atomic' } }),
});

const writer = (manager: string): Writer => ({ manager, apiVersion: 'apps/v1', now: '2024-01-01T00:00:00Z' });
const object = (rest: Record<string, unknown>, metadata: AnyObject['metadata'] = {}): AnyObject => ({ apiVersion: 'apps/v1', kind: 'D', metadata: { name: 'd', ...metadata }, ...rest });
const owned = (result: AnyObject | undefined, manager: string): unknown =>
  (result?.metadata.managedFields as { manager: string; fieldsV1: unknown }[] | undefined)?.find((entry) => entry.manager === manager)?.fieldsV1;

test('field sets read and write fieldsV1', () => {
  const json = { 'f:a': { '.': {}, 'k:{"name":"x"}': { '.': {}, 'f:b': {} } }, 'f:c': {} };
  const set = FieldSet.fromJson(json);
  assert.deepEqual(set.toJson(), json);
  assert.equal(set.has(['f:a', 'k:{"name":"x"}', 'f:b']), true);
  assert.deepEqual(set.difference(FieldSet.of('f:a', 'k:{"name":"x"}')).toJson(), { 'f:a': { '.': {}, 'k:{"name":"x"}': { 'f:b': {} } }, 'f:c': {} });
  assert.deepEqual(set.recursiveDifference(FieldSet.of('f:a', 'k:{"name":"x"}')).toJson(), { 'f:a': {}, 'f:c': {} });
  assert.equal(FieldSet.fromJson(json).equals(set.union(FieldSet.of('f:c'))), true);
});

test('an applier owns what it says', () => {
  const config = object({ spec: { replicas: 1, selector: { a: 'b' }, containers: [{ name: 'c', image: 'i', args: ['x'], ports: [{ containerPort: 80 }] }] } }, { labels: { l: '1' } });
  const { object: applied, isChanged } = applyConfiguration(schema, undefined, config, writer('me'));
  assert.equal(isChanged, true);
  assert.deepEqual(owned(applied, 'me'), {
    'f:metadata': { 'f:labels': { 'f:l': {} } },
    'f:spec': {
      'f:replicas': {}, 'f:selector': {},
      'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:image': {}, 'f:args': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } } } },
    },
  });
  assert.equal(applyConfiguration(schema, applied, config, writer('me')).isChanged, false);
});

test('what an applier no longer says goes, unless someone else owns it', () => {
  const first = applyConfiguration(schema, undefined, object({ spec: { replicas: 1, containers: [{ name: 'a' }, { name: 'b' }] } }, { labels: { x: '1', y: '2' }, finalizers: ['f'] }), writer('me')).object;
  const second = applyConfiguration(schema, first, object({ spec: { containers: [{ name: 'b' }] } }, { labels: { y: '2' } }), writer('you')).object;
  const third = applyConfiguration(schema, second, object({ spec: { containers: [{ name: 'a' }] } }), writer('me')).object;
  assert.deepEqual(third['spec'], { containers: [{ name: 'a' }, { name: 'b' }] });
  assert.deepEqual(third.metadata.labels, { y: '2' });
  assert.equal(third.metadata.finalizers, undefined);
});

test('another owner\'s value is a conflict, force takes it', () => {
  const live = object({ spec: { replicas: 3 } });
  const managed = object({ spec: { replicas: 3 } }, { managedFields: updateManagedFields(schema, undefined, live, writer('scaler')) });
  const config = object({ spec: { replicas: 1 } });
  assert.throws(() => applyConfiguration(schema, managed, config, writer('me')), (error) => {
    assert.ok(error instanceof StatusError);
    assert.equal(error.code, 409);
    assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas');
    assert.deepEqual(error.status.details?.causes, [{ reason: 'FieldManagerConflict', message: 'conflict with "scaler" using apps/v1', field: '.spec.replicas' }]);
    return true;
  });
  const forced = applyConfiguration(schema, managed, config, { ...writer('me'), force: true }).object;
  assert.deepEqual(forced['spec'], { replicas: 1 });
  assert.deepEqual(owned(forced, 'scaler'), { 'f:spec': {} });
  const agreed = applyConfiguration(schema, managed, object({ spec: { replicas: 3 } }), writer('me')).object;
  assert.deepEqual([owned(agreed, 'me'), owned(agreed, 'scaler')], [{ 'f:spec': { 'f:replicas': {} } }, { 'f:spec': { '.': {}, 'f:replicas': {} } }]);
});

test('an update owns what it changed and takes it from others', () => {
  const applied = applyConfiguration(schema, undefined, object({ spec: { replicas: 1, containers: [{ name: 'a', image: '1' }] } }), writer('me')).object;
  const updated = { ...applied, spec: { replicas: 1, containers: [{ name: 'a', image: '2' }] } };
  const managedFields = updateManagedFields(schema, applied, updated, writer('kubectl-edit'));
  assert.deepEqual(managedFields.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]), [
    ['me', 'Apply', { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {} } }, 'f:replicas': {} } }],
    ['kubectl-edit', 'Update', { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { 'f:image': {} } } } }],
  ]);
});

test('a removed field belongs to nobody, an unchanged object changes nothing, an empty list clears', () => {
  const live = object({ spec: { replicas: 1, containers: [{ name: 'a' }] } });
  const managed = object({ spec: live['spec'] }, { managedFields: updateManagedFields(schema, undefined, live, writer('a')) });
  const without = object({ spec: { replicas: 1 } }, { managedFields: managed.metadata.managedFields ?? [] });
  assert.deepEqual(updateManagedFields(schema, managed, without, writer('b')).map(({ manager, fieldsV1 }) => [manager, fieldsV1]), [['a', { 'f:spec': { '.': {}, 'f:replicas': {} } }]]);
  assert.deepEqual(updateManagedFields(schema, managed, managed, writer('b')), managed.metadata.managedFields);
  assert.deepEqual(updateManagedFields(schema, managed, object({}, { managedFields: [{}] }), writer('b')), []);
});

test('an object that nobody applied yet keeps its fields', () => {
  const live = object({ spec: { replicas: 2 } });
  const { object: applied } = applyConfiguration(schema, live, object({}, { labels: { a: 'b' } }), writer('me'));
  assert.deepEqual(owned(applied, 'before-first-apply'), { 'f:spec': { '.': {}, 'f:replicas': {} } });
  assert.deepEqual(applied['spec'], { replicas: 2 });
});

test('too many updaters are joined', () => {
  let live = object({}, { labels: {} });
  for (let i = 0; i < 14; i++) {
    const next = object({}, { labels: { ...live.metadata.labels, [`l${i}`]: '' }, managedFields: live.metadata.managedFields ?? [] });
    live = object({}, { ...next.metadata, managedFields: updateManagedFields(schema, live.metadata.managedFields ? live : undefined, next, { ...writer(`m${i}`), now: `2024-01-01T00:00:${10 + i}Z` }) });
  }
  const managers = (live.metadata.managedFields as { manager: string }[]).map(({ manager }) => manager);
  assert.equal(managers.length, 10);
  assert.equal(managers.includes('ancient-changes'), true);
});
