import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../../apimachinery/object.ts';
import { scaleColumns } from '../../resources/autoscaling/scale-columns.ts';
import { configMapDefinition } from '../../resources/core/config-map.ts';
import { podDefinition } from '../../resources/core/pod.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import { flowSchemaDefinition } from '../../resources/flowcontrol/flow-schema.ts';
import type { ServedResource } from '../request.ts';
import { encodeObject } from './encode.ts';
import { buildTable, type TableOptions } from './table.ts';

test('the events of one watch have the ages of their own times', () => {
  const made = Date.UTC(2026, 0, 1);
  let now = made;
  const options: TableOptions = { metaVersion: 'v1', includeObject: 'None', now: () => now };
  const served = { definition: configMapDefinition } as unknown as ServedResource;
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', creationTimestamp: new Date(made).toISOString() }, data: { one: '1' } } as unknown as AnyObject;
  const age = (): unknown => (buildTable(served, [object], {}, options) as unknown as { rows: { cells: unknown[] }[] }).rows[0]?.cells.at(-1);
  now += 5000;
  assert.equal(age(), '5s');
  now += 60_000;
  assert.equal(age(), '65s');
});

const rowsOf = (definition: ResourceDefinition, objects: readonly object[]): { cells: unknown[]; conditions?: unknown }[] =>
  (buildTable({ definition } as unknown as ServedResource, objects as AnyObject[], {}, { metaVersion: 'v1', includeObject: 'None', now: () => 0 }) as unknown as { rows: { cells: unknown[]; conditions?: unknown }[] }).rows;

test('Pods that have run their course say so', () => {
  const pod = (phase: string): object => ({ metadata: { name: 'a' }, spec: { containers: [] }, status: { phase } });
  assert.deepEqual(rowsOf(podDefinition, ['Running', 'Succeeded', 'Failed'].map(pod)).map(({ conditions }) => conditions), [
    undefined,
    [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }],
    [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
  ]);
});

test('FlowSchemas are shown in the order in which they are tried', () => {
  const schema = (name: string, matchingPrecedence: number): object => ({ metadata: { name }, spec: { matchingPrecedence, priorityLevelConfiguration: { name: 'x' } } });
  assert.deepEqual(rowsOf(flowSchemaDefinition, [schema('a', 900), schema('b', 5), schema('c', 5)]).map(({ cells }) => cells[0]), ['b', 'c', 'a']);
});

test('a Scale has columns of its own', () => {
  const scale = { metadata: { name: 'web', resourceVersion: '7' }, spec: { replicas: 3 }, status: { replicas: 2 } };
  const table = JSON.parse(encodeObject({ type: 'object', status: 200, served: undefined, object: scale, columns: scaleColumns }, {
    negotiated: { encoding: 'json', shape: 'table', metaVersion: 'v1', pretty: false }, table: { metaVersion: 'v1', includeObject: 'None', now: () => 0 },
  } as unknown as Parameters<typeof encodeObject>[1]).toString()) as { metadata: object; rows: { cells: unknown[] }[]; columnDefinitions: { name: string }[] };
  assert.deepEqual([table.metadata, table.columnDefinitions.map(({ name }) => name), table.rows[0]?.cells.slice(0, 3)], [{ resourceVersion: '7' }, ['Name', 'Desired', 'Available', 'Age'], ['web', 3, 2]]);
});
