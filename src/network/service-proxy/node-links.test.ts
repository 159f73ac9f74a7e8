import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandRunner } from '../command.ts';
import { podLinks, setUpLinks } from './node-links.ts';
import { ownedByServiceProxy } from './owned.ts';

const owned = ownedByServiceProxy('test');
const options = { nodeAddress: '192.0.2.1', clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' };

/** A machine with these routes that notes what is run. */
function machine(routes: readonly { dst: string; dev: string }[]): { run: CommandRunner; ran: string[] } {
  const ran: string[] = [];
  const run: CommandRunner = async (program, args) => {
    ran.push([program, ...args].join(' '));
    if (args.includes('route') && args.includes('show')) return JSON.stringify(routes);
    return args.includes('link') && args.includes('show') ? '[]' : '';
  };
  return { run, ran };
}

test('a route of the host within the service range, or around the Pods\', is told at start and nothing is changed', async () => {
  const cases: [dst: string, message: RegExp][] = [
    ['10.96.4.0/24', /the service range 10\.96\.0\.0\/16 overlaps with the route 10\.96\.4\.0\/24 of vpn0/],
    ['10.0.0.0/8', /the service range 10\.96\.0\.0\/16 overlaps with the route 10\.0\.0\.0\/8 of vpn0/],
    ['10.244.0.0/15', /the Pod range 10\.244\.0\.0\/16 overlaps with the route 10\.244\.0\.0\/15 of vpn0/],
  ];
  for (const [dst, message] of cases) {
    const { run, ran } = machine([{ dst, dev: 'vpn0' }]);
    await assert.rejects(setUpLinks(run, owned, options), message);
    assert.equal(ran.length, 1);
  }
  await assert.rejects(setUpLinks(machine([]).run, owned, { ...options, clusterCidr: '10.96.128.0/17' }), /overlap/);
});

test('Pods\' routes, the default route and our own are no obstacle', async () => {
  const { run, ran } = machine([
    { dst: 'default', dev: 'eth0' },
    { dst: '10.244.0.7', dev: 'veth1' },
    { dst: '10.96.0.0/16', dev: owned.link },
    { dst: '192.0.2.0/24', dev: 'eth0' },
  ]);
  await setUpLinks(run, owned, options);
  assert.ok(ran.includes(`ip route replace 10.96.0.0/16 dev ${owned.link} src 192.0.2.1`));
});

test('the links of Pods are those their routes name', async () => {
  const { run } = machine([
    { dst: '10.244.0.7', dev: 'veth1' },
    { dst: '10.244.0.8/32', dev: 'veth2' },
    { dst: '10.244.0.9', dev: 'veth3' },
  ]);
  assert.deepEqual(await podLinks(run, new Set(['10.244.0.8', '10.244.0.7', '10.244.0.100'])), ['veth1', 'veth2']);
  assert.deepEqual(await podLinks(run, new Set()), []);
});
