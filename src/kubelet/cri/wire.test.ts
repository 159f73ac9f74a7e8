import { test } from 'node:test';
import assert from 'node:assert/strict';
import { decode, encode, type Tables } from './wire.ts';

const tables: Tables = {
  Outer: [[1, 'name', 'string'], [2, 'count', 'int'], [3, 'inner', '.Inner'], [4, 'labels', 'map'], [5, 'items', '*.Inner'], [6, 'ports', '*int'], [7, 'on', 'bool'], [8, 'data', 'bytes'], [9, 'ratio', 'double'], [10, 'words', '*string']],
  Inner: [[1, 'value', 'int']],
};

test('a message survives the round trip', () => {
  const message = {
    name: 'häuser', count: -5, inner: { value: 300 }, labels: { a: 'b', '': 'empty' }, items: [{ value: 0 }, { value: 2 ** 40 }],
    ports: [80, 0, 65535], on: true, data: Uint8Array.of(0, 255), ratio: 0.25, words: ['', 'x'],
  };
  assert.deepEqual(decode(tables, 'Outer', encode(tables, 'Outer', message)), message);
});

test('the bytes are those of the protobuf encoding', () => {
  assert.equal(encode(tables, 'Outer', { name: 'testing', count: 150 }).toString('hex'), '0a0774657374696e67109601');
  assert.equal(encode(tables, 'Outer', { count: -1 }).toString('hex'), '10ffffffffffffffffff01');
});

test('absent fields decode to their defaults and defaults are not written', () => {
  assert.equal(encode(tables, 'Outer', { name: '', count: 0, on: false }).length, 0);
  const empty = decode<Record<string, unknown>>(tables, 'Outer', new Uint8Array());
  assert.deepEqual(empty['labels'], {});
  assert.equal(empty['name'], '');
  assert.equal('inner' in empty, false);
});

test('unknown fields are skipped, cut messages refused', () => {
  const wide = encode({ Wide: [[1, 'name', 'string'], [50, 'extra', 'string'], [51, 'ratio', 'double']] }, 'Wide', { name: 'n', extra: 'x', ratio: 1.5 });
  assert.equal(decode<{ name: string }>(tables, 'Outer', wide).name, 'n');
  assert.throws(() => decode(tables, 'Outer', wide.subarray(0, 2)), /ends inside/);
});

test('nanosecond times keep their microseconds', () => {
  const nanoseconds = 1_795_000_000_123_456_789n;
  const decoded = decode<{ count: number }>(tables, 'Outer', encode(tables, 'Outer', { count: Number(nanoseconds) }));
  assert.equal(Math.round(decoded.count / 1e6), 1_795_000_000_123);
});
