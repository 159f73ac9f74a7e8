import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DraftObject } from '../definition.ts';
import { endpointsDefinition } from './endpoints.ts';

const cases: readonly (readonly [string, unknown, string])[] = [
  ['no subsets', undefined, '<none>'],
  ['nobody ready', [{ notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }], ''],
  ['one ready', [{ addresses: [{ ip: '10.0.0.2' }], notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }], '10.0.0.2:80'],
  ['an IPv6 address, and no ports', [{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }, { addresses: [{ ip: '10.0.0.3' }] }], '[fd00::1]:80,10.0.0.3'],
];
for (const [name, subsets, expected] of cases) {
  test(`the column of endpoints: ${name}`, () => {
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, ...(subsets === undefined ? {} : { subsets }) } as unknown as DraftObject;
    assert.equal(endpointsDefinition.columns.find((column) => column.name === 'Endpoints')?.cell(object, 0), expected);
  });
}
