import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../../apimachinery/object.ts';
import { configMapDefinition } from '../../resources/core/config-map.ts';
import type { ServedResource } from '../request.ts';
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
