import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeProtobuf } from '../../apimachinery/protobuf.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { builtinKindSchema } from '../../resources/schema/builtin.ts';
import { CachedObject, encodeStored } from '../../storage/cached-object.ts';
import { jsonItems, protobufItems, type ListChunk } from './converted-items.ts';

const items = (count: number, padding = ''): CachedObject[] =>
  Array.from({ length: count }, (_, i) => {
    const map = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: `m${i}`, namespace: 'default' }, data: { key: padding } };
    return new CachedObject(`/registry/core/configmaps/default/m${i}`, i + 1, encodeStored(map), undefined);
  });

const head = { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '7' } } as unknown as AnyObject;
const bytesOf = (chunks: readonly ListChunk[]): Buffer => Buffer.concat(chunks.filter((chunk) => chunk !== undefined));

for (const count of [0, 1, 50, 51, 173]) {
  test(`a JSON list of ${count} is the same in parts as in one`, () => {
    const chunks = [...jsonItems(head, 'items', items(count), ({ object }) => object.metadata.name)];
    assert.deepEqual(JSON.parse(bytesOf(chunks).toString()), { ...head, items: Array.from({ length: count }, (_, i) => `m${i}`) });
    assert.equal(chunks.length, Math.max(1, Math.ceil(count / 50)));
  });

  test(`a protobuf list of ${count} is read back, whatever its chunks`, () => {
    const schema = builtinKindSchema('v1', 'ConfigMapList');
    assert.ok(schema);
    const chunks = [...protobufItems(head, schema, items(count, 'x'.repeat(5000)), ({ object }) => object)];
    const list = decodeProtobuf(bytesOf(chunks), builtinKindSchema) as AnyObject & { items?: readonly AnyObject[] };
    assert.equal(list.metadata.resourceVersion, '7');
    assert.deepEqual((list.items ?? []).map(({ metadata }) => metadata.name), Array.from({ length: count }, (_, i) => `m${i}`));
    assert.equal(chunks.includes(undefined), count >= 50);
  });
}
