import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHostRoutes } from './own-namespace.ts';

test('routes to single addresses are read from the kernel\'s table, others are left out', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'veth12ab\t0500F40A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
    'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n');
  assert.deepEqual(parseHostRoutes(table), new Map([['10.244.0.5', 'veth12ab']]));
});
