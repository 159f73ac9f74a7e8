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
  name: 'test.Thing',
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
  ['new items come first, as they are', { items: [{ name: 'a' }] }, { items: [{ name: 'n', image: null, ports: [{ port: '1', $patch: 'delete' }] }] }, { items: [{ name: 'n', image: null, ports: [{ port: '1', $patch: 'delete' }] }, { name: 'a' }] }],
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
  ['objects that are directives vanish from a new list', {}, { items: [{ name: 'b', $patch: 'replace' }, { name: 'a', ports: [{ port: '1', $patch: 'delete' }] }], '$setElementOrder/items': [{ name: 'a' }] }, { items: [{ name: 'a', ports: [] }] }],
  ['nulls vanish from a new object, other directives do not', {}, { strategy: { $retainKeys: ['name'], name: 'a', image: null } }, { strategy: { $retainKeys: ['name'], name: 'a' } }],
  ['a new object that is a directive is none', {}, { strategy: { $patch: 'delete' } }, {}],
  ['a replacing object stays as it is', { strategy: { name: 'a' } }, { strategy: { $patch: 'replace', image: null } }, { strategy: { image: null } }],
  ['an unknown field is kept where the object has none', {}, { other: { b: 2 } }, { other: { b: 2 } }],
  ['an atomic list of scalars may be ordered', { items: [{ name: 'a', args: ['x'] }] }, { items: [{ name: 'a', args: ['b', 'a'], '$setElementOrder/args': ['b', 'c', 'a'] }] }, { items: [{ name: 'a', args: ['b', 'a'] }] }],
  ['members that are ordered and deleted go', { finalizers: ['a', 'b'] }, { '$setElementOrder/finalizers': ['b', 'a'], '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
  ['members are deleted from a list without strategy', { items: [{ name: 'a', args: ['x', 'y'] }] }, { items: [{ name: 'a', '$deleteFromPrimitiveList/args': ['x'] }] }, { items: [{ name: 'a', args: ['y'] }] }],
  ['deletion without members deletes the list', { finalizers: ['a'] }, { '$deleteFromPrimitiveList/finalizers': null }, {}],
  ['deletion of members of none does nothing', {}, { '$deleteFromPrimitiveList/finalizers': ['a'] }, {}],
  ['the first of two items of one key merges', { items: [{ name: 'a', image: '1' }, { name: 'a', image: '2' }] }, { items: [{ name: 'a', image: '3' }] }, { items: [{ name: 'a', image: '3' }, { name: 'a', image: '2' }] }],
  ['all items of one key are deleted', { items: [{ name: 'a', image: '1' }, { name: 'b' }, { name: 'a', image: '2' }] }, { items: [{ name: 'a', $patch: 'delete' }] }, { items: [{ name: 'b' }] }],
  ['new items of one key become one', { items: [{ name: 'b' }] }, { items: [{ name: 'a', image: '1' }, { name: 'a', args: [] }] }, { items: [{ name: 'a', image: '1', args: [] }, { name: 'b' }] }],
  ['an item that is deleted and brought anew comes last', { items: [{ name: 'a' }, { name: 'b' }] }, { items: [{ name: 'a', $patch: 'delete' }, { name: 'a', image: '2' }], '$setElementOrder/items': [{ name: 'a' }] }, { items: [{ name: 'b' }, { name: 'a', image: '2' }] }],
  ['an empty order: new items after those of the server', { items: [{ name: 'a' }, { name: 'b' }] }, { items: [{ name: 'n' }], '$setElementOrder/items': [] }, { items: [{ name: 'a' }, { name: 'b' }, { name: 'n' }] }],
  ['no patch', { labels: { a: '1' } }, null, { labels: { a: '1' } }],
];
for (const [name, original, patch, expected] of strategicCases) {
  test(`strategic: ${name}`, () => {
    const before = structuredClone([original, patch]);
    assert.deepEqual(strategicMerge(schema, original, patch), expected);
    assert.deepEqual([original, patch], before);
  });
}

/** Of { items: [{ name: 'a', args: ['x'] }], labels: { a: '1' }, finalizers: ['x'], selector: {}, atomic: [{ name: 'z' }] }: why a patch does not apply. */
const strategicFailures: readonly (readonly [unknown, number, string])[] = [
  [[], 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  [{ items: [{ image: 'x' }] }, 500, 'map: map[image:x] does not contain declared merge key: name'],
  [{ items: [{ $patch: 'delete' }] }, 500, 'map: map[$patch:delete] does not contain declared merge key: name'],
  [{ labels: { $patch: 'odd' } }, 500, 'unknown patch type: odd in map: map[$patch:odd]'],
  [{ labels: { $patch: 'merge' } }, 500, 'unknown patch type: merge in map: map[$patch:merge]'],
  [{ items: [{ name: 'a', $patch: 5 }] }, 500, 'unknown patch type: %!s(int64=5) in map: map[$patch:5 name:a]'],
  [{ items: [{ $patch: 'merge' }] }, 500, 'merging lists cannot yet be specified in the patch'],
  [{ items: [{ name: 'b' }, null] }, 500, 'list element types are not identical: [[map[args:[x] name:a]] [map[name:b] <nil>]]'],
  [{ items: ['b'] }, 500, 'list element types are not identical: [[map[args:[x] name:a]] [b]]'],
  [{ finalizers: ['b', 1.5] }, 500, 'list element types are not identical: [[x] [b 1.5]]'],
  [{ '$setElementOrder/items': [{ name: 'b' }], items: [{ name: 'a' }] }, 500, "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n"],
  [{ '$setElementOrder/items': [{ name: 'b' }], items: [{ name: 'b' }, { $patch: 'replace' }] }, 500, "The order in patch list:\n[map[name:b] map[$patch:replace]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n"],
  [{ '$setElementOrder/finalizers': ['b', 'a'], finalizers: ['a', 'b'] }, 500, "The order in patch list:\n[a b]\n doesn't match $setElementOrder list:\n[b a]\n"],
  [{ '$setElementOrder/items': [{ nam: 'a' }] }, 500, 'map: map[nam:a] does not contain declared merge key: name'],
  [{ '$setElementOrder/items': null }, 500, 'expected a []interface {}, but received a %!s(<nil>)'],
  [{ '$setElementOrder/items': [{ name: 'a' }], items: null }, 500, 'expected a []interface {}, but received a %!s(<nil>)'],
  [{ '$setElementOrder/atomic': [], atomic: [] }, 500, 'map: map[name:z] does not contain declared merge key: '],
  [{ '$setElementOrder/items': [{ name: 'b' }, 'a'] }, 500, 'value for key 1 is not a map'],
  [{ '$setElementOrder/items': ['a'], items: [{ name: 'a' }] }, 500, 'expected a map[string]interface {}, but received a string'],
  [{ '$setElementOrder/other': ['a'] }, 500, 'unable to find api field in struct Thing for the json field "other"'],
  [{ '$setElementOrder/selector': [] }, 500, 'expected a []interface {}, but received a map[string]interface {}'],
  [{ '$setElementOrder/strategy': [] }, 500, 'expected slice or array type, but got: struct'],
  [{ labels: { '$setElementOrder/a': ['1'] } }, 500, 'expected a []interface {}, but received a string'],
  [{ labels: { '$setElementOrder/b': ['1'] } }, 500, 'merging an object in json but data type is not struct, instead is: map'],
  [{ $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
  [{ $deleteFromPrimitiveList: [] }, 400, 'invalid patch format of primitive list'],
  [{ labels: { $retainKeys: 'a' } }, 400, 'invalid patch format of retainKeys'],
  [{ labels: { $retainKeys: ['a'], b: '1' } }, 400, 'invalid patch format of retainKeys'],
];
for (const [patch, code, message] of strategicFailures) {
  const live = { items: [{ name: 'a', args: ['x'] }], labels: { a: '1' }, finalizers: ['x'], selector: {}, atomic: [{ name: 'z' }] };
  test(`strategic: ${JSON.stringify(patch)} is refused`, () => assert.throws(() => strategicMerge(schema, live, patch), { code, message }));
}

test('copies in a JSON patch are bounded together', () => {
  const grow = (times: number): unknown => applyJsonPatch({ a: { x: 'y'.repeat(100) } }, Array.from({ length: times }, (_, i) => ({ op: 'copy' as const, from: '/a', path: `/a/${i}` })));
  assert.equal(JSON.stringify(grow(5)).length > 3000, true);
  assert.throws(() => grow(22), { code: 422 });
});
