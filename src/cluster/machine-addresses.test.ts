import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { nodeAddresses, ownAddresses } from './machine-addresses.ts';

const info = (address: string, netmask = '255.255.255.0', internal = false): NetworkInterfaceInfo =>
  address.includes(':')
    ? { address, netmask: 'ffff:ffff:ffff:ffff::', family: 'IPv6', scopeid: 0, mac: '', internal, cidr: null }
    : { address, netmask, family: 'IPv4', mac: '', internal, cidr: null };

const machine = {
  lo: [info('127.0.0.1', '255.0.0.0', true)],
  docker0: [info('172.17.0.1', '255.255.0.0')],
  eth0: [info('192.0.2.7'), info('2001:db8::7'), info('fe80::7')],
  eth1: [info('198.51.100.7')],
  veth0: [info('10.244.0.1', '255.255.255.255')],
  veth1: [info('10.244.0.1', '255.255.255.255')],
};
const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const route = (link: string, destination: string, metric: number, mask: string): string => `${link}\t${destination}\t010200C0\t0003\t0\t0\t${metric}\t${mask}\t0\t0\t0`;

test('addresses that lead to the machine', () => {
  assert.deepEqual(ownAddresses(machine), ['172.17.0.1', '192.0.2.7', '2001:db8::7', '198.51.100.7']);
});

test('a node is known by one address a family, of the link with the default route', () => {
  const routes = [header, route('docker0', '000011AC', 0, '0000FFFF'), route('eth1', '00000000', 200, '00000000'), route('eth0', '00000000', 100, '00000000')].join('\n');
  assert.deepEqual(nodeAddresses(machine, routes), ['192.0.2.7', '2001:db8::7']);
  assert.deepEqual(nodeAddresses(machine, [header, route('eth1', '00000000', 0, '00000000')].join('\n')), ['198.51.100.7', '2001:db8::7']);
});

test('without a default route the first will do, and without any there is none', () => {
  assert.deepEqual(nodeAddresses(machine, header), ['172.17.0.1', '2001:db8::7']);
  assert.deepEqual(nodeAddresses({ lo: machine.lo }, ''), []);
});
