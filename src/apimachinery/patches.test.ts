import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyJsonPatch, parseJsonPatch, type JsonPatchOperation } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import type { Schema, StructSchema } from './schema.ts';
import { StatusError } from './status-error.ts';
import { strategicMerge } from './strategic-merge.ts';

const mergeCases: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { a: null }, {}], [{ a: ['b'] }, { a: 'c' }, { a: 'c' }], [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }], [['a', 'b'], ['c', 'd'], ['c', 'd']], [{ e: null }, { a: 1 }, { e: null, a: 1 }], [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [{}, { a: [null, { b: null, c: [{ d: null }] }] }, { a: [null, { c: [{}] }] }], [{ a: [1] }, { a: [{ b: null }] }, { a: [{}] }], [{ a: { b: 1 } }, { a: [{ b: null }] }, { a: [{ b: null }] }],
];
for (const [original, patch, expected] of mergeCases) {
  test(`merge ${JSON.stringify(patch)} into ${JSON.stringify(original)}`, () => assert.deepEqual(mergePatch(original, patch), expected));
}

const jsonCases: readonly (readonly [unknown, JsonPatchOperation[], unknown])[] = [
  [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
  [{ foo: [1, 3] }, [{ op: 'add', path: '/foo/1', value: 2 }, { op: 'add', path: '/foo/-', value: 4 }], { foo: [1, 2, 3, 4] }],
  [{ a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
  [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }, { op: 'replace', path: '/c/b', value: 2 }], { a: { b: 1 }, c: { b: 2 } }],
  [{ 'a/b': { '~c': 1 } }, [{ op: 'test', path: '/a~1b/~0c', value: 1 }, { op: 'remove', path: '/a~1b/~0c' }], { 'a/b': {} }],
  [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  [{}, [{ op: 'test', path: '/none', value: null }], {}],
  [{}, [{ op: 'replace', path: '/new', value: 1 }], { new: 1 }],
  [{}, [{ op: 'copy', from: '/none', path: '/new' }], { new: null }],
  [{ l: [1, 2] }, [{ op: 'remove', path: '/l/-1' }, { op: 'add', path: '/l/-1', value: 3 }], { l: [1, 3] }],
  [{ a: 1 }, [{ op: 'replace', path: '', value: 5 }, { op: 'test', path: '', value: { a: 1 } }], { a: 1 }],
  [{ a: 1 }, [{ op: 'add', path: '/b' }], { a: 1, b: null }],
];
for (const [original, operations, expected] of jsonCases) {
  test(`${JSON.stringify(operations)}`, () => {
    const before = structuredClone(original);
    assert.deepEqual(applyJsonPatch(original, operations), expected);
    assert.deepEqual(original, before);
  });
}
/** Of [{ a: 1, list: [1] }, one operation]: why it does not apply. */
const failures: readonly (readonly [Partial<JsonPatchOperation>, string])[] = [
  [{ op: 'remove', path: '/x' }, "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value"],
  [{ op: 'remove', path: '' }, 'remove operation does not apply: doc is missing path: "": missing value'],
  [{ op: 'remove', path: '/list/1' }, "error in remove for path: '/list/1': Unable to access invalid index: 1: invalid index referenced"],
  [{ op: 'replace', path: '/x/y', value: 1 }, 'replace operation does not apply: doc is missing path: /x/y: missing value'],
  [{ op: 'replace', path: '/list/1', value: 1 }, 'replace operation does not apply: doc is missing key: /list/1: missing value'],
  [{ op: 'add', path: '/x/y', value: 1 }, 'add operation does not apply: doc is missing path: "/x/y": missing value'],
  [{ op: 'add', path: '', value: {} }, 'add operation does not apply: doc is missing path: "": missing value'],
  [{ op: 'add', path: '/list/5', value: 1 }, "error in add for path: '/list/5': Unable to access invalid index: 5: invalid index referenced"],
  [{ op: 'add', path: '/list/x', value: 1 }, "error in add for path: '/list/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax"],
  [{ op: 'add', value: 1 }, 'add operation failed to decode path: missing value'],
  [{ op: 'test', path: '/a', value: 2 }, 'testing value /a failed: test failed'],
  [{ op: 'test', path: '/a/b', value: 2 }, 'test operation does not apply: is missing path: /a/b: missing value'],
  [{ op: 'move', from: '/x', path: '/y' }, "error in move for path: 'x': Unable to remove nonexistent key: x: missing value"],
  [{ op: 'move', from: '/a', path: '/a/b' }, 'move operation does not apply: doc is missing destination path: /a/b: missing value'],
  [{ op: 'copy', from: '', path: '/b' }, 'copy operation does not apply: doc is missing from path: : missing value'],
  [{ op: 'zap' as 'add', path: '/b' }, 'Unexpected kind: zap'],
];
for (const [operation, why] of failures) {
  test(`${JSON.stringify(operation)} does not apply`, () =>
    assert.throws(() => applyJsonPatch({ a: 1, list: [1] }, [operation as JsonPatchOperation]), (error) => {
      assert.ok(error instanceof StatusError && error.cause instanceof Error);
      assert.deepEqual([error.code, error.cause.message], [422, why]);
      return true;
    }));
}

const undecodable: readonly (readonly [unknown, string])[] = [
  [{}, 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
  [[5], 'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
  [[{ op: 'add', path: 5 }], 'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string'],
];
for (const [body, message] of undecodable) test(`${JSON.stringify(body)} is no JSON patch`, () => assert.throws(() => parseJsonPatch(body), { code: 400, message }));

const text: Schema = { type: 'scalar', scalar: 'string' };
const port: StructSchema = { type: 'struct', fields: new Map([['port', { schema: text }], ['name', { schema: text }]]) };
const item: StructSchema = {
  type: 'struct',
  fields: new Map([
    ['name', { schema: text }], ['image', { schema: text }], ['args', { schema: { type: 'list', item: text } }],
    ['ports', { schema: { type: 'list', item: port }, patchStrategy: 'merge', patchMergeKey: 'port' }],
  ]),
};
const schema: StructSchema = {
  type: 'struct',
  fields: new Map([
    ['items', { schema: { type: 'list', item }, patchStrategy: 'merge', patchMergeKey: 'name' }],
    ['finalizers', { schema: { type: 'list', item: text }, patchStrategy: 'merge' }],
    ['atomic', { schema: { type: 'list', item } }],
    ['labels', { schema: { type: 'map', value: text } }],
    ['strategy', { schema: item, patchStrategy: 'retainKeys' }],
    ['selector', { schema: item, patchStrategy: 'replace' }],
  ]),
};

const strategicCases: readonly (readonly [string, unknown, unknown, unknown])[] = [
  ['items merge by key', { items: [{ name: 'a', image: '1' }, { name: 'b' }] }, { items: [{ name: 'a', image: '2' }] }, { items: [{ name: 'a', image: '2' }, { name: 'b' }] }],
  ['new items come first', { items: [{ name: 'a' }] }, { items: [{ name: 'n', image: null }] }, { items: [{ name: 'n' }, { name: 'a' }] }],
  ['an item is deleted', { items: [{ name: 'a' }, { name: 'b' }] }, { items: [{ name: 'a', $patch: 'delete' }] }, { items: [{ name: 'b' }] }],
  ['a list is replaced', { items: [{ name: 'a' }] }, { items: [{ name: 'c' }, { $patch: 'replace' }] }, { items: [{ name: 'c' }] }],
  ['an object is replaced', { labels: { a: '1', b: '2' } }, { labels: { c: '3', $patch: 'replace' } }, { labels: { c: '3' } }],
  ['null deletes', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
  ['lists without strategy are replaced', { atomic: [{ name: 'a' }] }, { atomic: [{ name: 'b' }] }, { atomic: [{ name: 'b' }] }],
  ['primitives are a set', { finalizers: ['a', 'b'] }, { finalizers: ['c', 'a'] }, { finalizers: ['c', 'a', 'b'] }],
  ['primitives are deleted', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
  ['primitives are deleted and ordered', { finalizers: ['a', 'b', 'c'] }, { '$deleteFromPrimitiveList/finalizers': ['a'], '$setElementOrder/finalizers': ['c', 'b'] }, { finalizers: ['c', 'b'] }],
  ['order is set', { items: [{ name: 'a' }, { name: 'b' }] }, { '$setElementOrder/items': [{ name: 'b' }, { name: 'c' }, { name: 'a' }], items: [{ name: 'c' }] }, { items: [{ name: 'b' }, { name: 'c' }, { name: 'a' }] }],
  ['order keeps what only the server has', { items: [{ name: 'x' }, { name: 'a' }, { name: 'b' }] }, { '$setElementOrder/items': [{ name: 'b' }, { name: 'a' }] }, { items: [{ name: 'x' }, { name: 'b' }, { name: 'a' }] }],
  ['keys are retained', { strategy: { name: 'Rolling', image: 'x' } }, { strategy: { $retainKeys: ['name'], name: 'Recreate' } }, { strategy: { name: 'Recreate' } }],
  ['replace strategy', { selector: { name: 'a', image: 'b' } }, { selector: { name: 'c' } }, { selector: { name: 'c' } }],
  ['lists within items merge', { items: [{ name: 'a', ports: [{ port: '1' }] }] }, { items: [{ name: 'a', ports: [{ port: '2' }, { port: '1', name: 'x' }] }] }, { items: [{ name: 'a', ports: [{ port: '2' }, { port: '1', name: 'x' }] }] }],
  ['directives vanish from what is new', {}, { items: [{ name: 'a', ports: [{ port: '1', $patch: 'delete' }], image: null }], '$setElementOrder/items': [{ name: 'a' }] }, { items: [{ name: 'a', ports: [] }] }],
  ['unknown fields merge as JSON', { other: { a: 1 } }, { other: { b: 2 } }, { other: { a: 1, b: 2 } }],
];
for (const [name, original, patch, expected] of strategicCases) {
  test(`strategic: ${name}`, () => {
    const before = structuredClone([original, patch]);
    assert.deepEqual(strategicMerge(schema, original, patch), expected);
    assert.deepEqual([original, patch], before);
  });
}

test('strategic: nonsense is refused in upstream\'s words', () => {
  assert.throws(() => strategicMerge(schema, { items: [{ name: 'a' }] }, { items: [{ image: 'x' }] }), { message: 'map: map[image:x] does not contain declared merge key: name' });
  assert.throws(() => strategicMerge(schema, { labels: {} }, { labels: { $patch: 'odd' } }), { message: 'unknown patch type [odd] in map [map[$patch:odd]]' });
});

test('copies in a JSON patch are bounded together', () => {
  const grow = (times: number): unknown => applyJsonPatch({ a: { x: 'y'.repeat(100) } }, Array.from({ length: times }, (_, i) => ({ op: 'copy' as const, from: '/a', path: `/a/${i}` })));
  assert.equal(JSON.stringify(grow(5)).length > 3000, true);
  assert.throws(() => grow(22), { code: 422 });
});
