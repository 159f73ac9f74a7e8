import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Number, ipv4Text, Ipv4Range } from './ipv4-range.ts';

test('addresses and numbers are two forms of one thing', () => {
  for (const address of ['0.0.0.0', '10.96.0.1', '192.168.1.255', '255.255.255.255']) assert.equal(ipv4Text(ipv4Number(address) ?? -1), address);
  for (const wrong of ['', '10.0.0', '10.0.0.256', '1.2.3.4.5', '::1', '1.2.3.x']) assert.equal(ipv4Number(wrong), undefined);
});

test('a range knows its addresses', () => {
  const range = Ipv4Range.parse('10.96.3.7/16');
  assert.equal(range.text, '10.96.0.0/16');
  assert.equal(range.size, 65536);
  assert.equal(range.at(10), '10.96.0.10');
  assert.ok(range.includes('10.96.255.255'));
  assert.ok(!range.includes('10.97.0.0'));
  assert.ok(range.overlaps(Ipv4Range.parse('10.0.0.0/8')));
  assert.ok(!range.overlaps(Ipv4Range.parse('10.97.0.0/16')));
  assert.throws(() => Ipv4Range.parse('10.96.0.0'), RangeError);
});
