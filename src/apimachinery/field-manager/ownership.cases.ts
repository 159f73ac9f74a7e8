/** What an apply or an update of an object does, as upstream's library does it: one rule a row, told in a small schema. */
import type { Field, ListSchema, Schema, StructSchema } from '../schema.ts';
import type { FieldsV1 } from './field-set.ts';

const text: Schema = { type: 'scalar', scalar: 'string' };
const number: Schema = { type: 'scalar', scalar: 'int32' };
const fields = (all: Record<string, Schema | Field>): StructSchema['fields'] => new Map(Object.entries(all).map(([key, form]) => [key, 'schema' in form ? form : { schema: form }]));
const struct = (all: Record<string, Schema | Field>, more: Partial<StructSchema> = {}): StructSchema => ({ type: 'struct', fields: fields(all), ...more });
const items = (keys: readonly string[], item: StructSchema): ListSchema => ({ type: 'list', listType: 'map', listMapKeys: keys, item });

export const caseSchema: StructSchema = struct({
  apiVersion: text, kind: text, metadata: struct({ name: text }),
  text, number,
  labels: { type: 'map', value: text },
  whole: struct({ a: text, b: text }, { mapType: 'atomic' }),
  parts: struct({ a: text, b: text, inner: struct({ c: text }) }),
  always: { schema: struct({ a: text, list: { schema: items(['k'], struct({ k: text })), alwaysPresent: true } }), alwaysPresent: true },
  set: { type: 'list', item: text, listType: 'set' },
  row: { type: 'list', item: text, listType: 'atomic' },
  list: items(['k'], struct({ k: text, a: text, b: text, parts: struct({ a: text, b: text }) })),
  ports: items(['port', 'protocol'], struct({ port: number, protocol: { schema: text, default: 'TCP' }, name: text })),
  free: struct({}, { preserveUnknown: true }),
});

type Content = Readonly<Record<string, unknown>>;
/** Owners by 'Apply' or 'Update', a space and the manager. */
export type Owners = Readonly<Record<string, FieldsV1>>;

export interface OwnershipCase {
  readonly name: string;
  readonly live?: Content;
  readonly owners?: Owners;
  /** By the manager 'me'. */
  readonly apply?: Content;
  readonly update?: Content;
  readonly force?: boolean;
  /** The object that results; absent: the one that was sent. */
  readonly result?: Content;
  readonly owned?: Owners;
  /** 'Apply failed with...', where it does. */
  readonly conflict?: string;
}

export const ownershipCases: readonly OwnershipCase[] = [
  { name: 'an update owns what holds its fields, too', update: { parts: { a: '1', inner: { c: '1' } } }, owned: { 'Update me': { 'f:parts': { '.': {}, 'f:a': {}, 'f:inner': { '.': {}, 'f:c': {} } } } } },
  { name: 'an apply owns what it says only', apply: { parts: { a: '1', inner: { c: '1' } } }, owned: { 'Apply me': { 'f:parts': { 'f:a': {}, 'f:inner': { 'f:c': {} } } } } },
  { name: 'an empty list of items says nothing, an empty map something', apply: { set: [], list: [], labels: {}, row: [] }, owned: { 'Apply me': { 'f:labels': {}, 'f:row': {} } } },
  { name: 'an update that makes a list empty owns it', update: { set: [], labels: {} }, owned: { 'Update me': { 'f:set': {}, 'f:labels': {} } } },
  { name: 'what is always present belongs to nobody', update: { always: { a: '1', list: [{ k: 'x' }] } }, owned: { 'Update me': { 'f:always': { 'f:a': {}, 'f:list': { 'k:{"k":"x"}': { '.': {}, 'f:k': {} } } } } } },
  { name: 'objects of no schema are owned with what is in them', apply: { free: { a: { b: 1 }, c: [1] } }, owned: { 'Apply me': { 'f:free': { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} } } } },
  {
    name: 'items keep the order of the configuration, others stay among them',
    live: { list: [{ k: 'a' }, { k: 'b' }, { k: 'c' }, { k: 'd' }] }, owners: { 'Update you': { 'f:list': { '.': {}, 'k:{"k":"a"}': { '.': {}, 'f:k': {} } } } },
    apply: { list: [{ k: 'd' }, { k: 'n' }, { k: 'b' }] }, result: { list: [{ k: 'a' }, { k: 'c' }, { k: 'd' }, { k: 'n' }, { k: 'b' }] },
    owned: { 'Apply me': { 'f:list': { 'k:{"k":"b"}': { '.': {}, 'f:k': {} }, 'k:{"k":"d"}': { '.': {}, 'f:k': {} }, 'k:{"k":"n"}': { '.': {}, 'f:k': {} } } }, 'Update you': { 'f:list': { '.': {}, 'k:{"k":"a"}': { '.': {}, 'f:k': {} } } } },
  },
  {
    name: 'new items of a set come where the configuration has them', live: { set: ['a', 'b'] }, owners: { 'Apply me': { 'f:set': { 'v:"a"': {}, 'v:"b"': {} } } },
    apply: { set: ['n', 'a', 'b'] }, owned: { 'Apply me': { 'f:set': { 'v:"a"': {}, 'v:"b"': {}, 'v:"n"': {} } } },
  },
  { name: 'items with the same keys are owned together', update: { set: ['a', 'a'], list: [{ k: 'x', a: '1' }, { k: 'x', a: '2' }] }, owned: { 'Update me': { 'f:set': { '.': {}, 'v:"a"': {} }, 'f:list': { '.': {}, 'k:{"k":"x"}': {} } } } },
  {
    name: 'a configuration replaces items that have the same keys by its own', live: { list: [{ k: 'x', a: '1' }, { k: 'y' }, { k: 'x', a: '2' }] }, owners: { 'Update you': { 'f:list': { '.': {} , 'k:{"k":"x"}': {}, 'k:{"k":"y"}': { '.': {}, 'f:k': {} } } } },
    apply: { list: [{ k: 'x', b: '1' }] }, force: true, result: { list: [{ k: 'x', b: '1' }, { k: 'y' }] },
    owned: { 'Apply me': { 'f:list': { 'k:{"k":"x"}': { '.': {}, 'f:b': {}, 'f:k': {} } } }, 'Update you': { 'f:list': { '.': {}, 'k:{"k":"y"}': { '.': {}, 'f:k': {} } } } },
  },
  {
    name: 'a null in a configuration is a value', live: { text: 'a' }, owners: { 'Update you': { 'f:text': {} } },
    apply: { text: null }, conflict: 'Apply failed with 1 conflict: conflict with "you" using v1: .text',
  },
  { name: 'a null is owned where it is applied', live: { text: 'a' }, owners: { 'Apply me': { 'f:text': {} } }, apply: { text: null }, result: {}, owned: { 'Apply me': { 'f:text': {} } } },
  { name: 'a null leaves the fields of others', live: { labels: { a: '1' } }, owners: { 'Update you': { 'f:labels': { '.': {}, 'f:a': {} } } }, apply: { labels: null }, result: { labels: { a: '1' } }, owned: { 'Apply me': { 'f:labels': {} }, 'Update you': { 'f:labels': { '.': {}, 'f:a': {} } } } },
  {
    name: 'what others have something in stays', live: { parts: { a: '1', inner: { c: '1' } } }, owners: { 'Apply me': { 'f:parts': { 'f:a': {}, 'f:inner': {} } }, 'Update you': { 'f:parts': { 'f:inner': { 'f:c': {} } } } },
    apply: {}, result: { parts: { inner: { c: '1' } } }, owned: { 'Update you': { 'f:parts': { 'f:inner': { 'f:c': {} } } } },
  },
  { name: 'a struct goes with the last of its fields', live: { parts: { a: '1', inner: { c: '1' } }, text: 't' }, owners: { 'Apply me': { 'f:parts': { 'f:a': {}, 'f:inner': { 'f:c': {} } } }, 'Update you': { 'f:text': {} } }, apply: {}, result: { text: 't' }, owned: { 'Update you': { 'f:text': {} } } },
  { name: 'an item that nobody else owns goes with what an updater never owned in it', live: { list: [{ k: 'x', a: '1' }] }, owners: { 'Apply me': { 'f:list': { 'k:{"k":"x"}': { '.': {}, 'f:k': {} } } } }, apply: {}, result: {}, owned: {} },
  { name: 'keys that have a default need not be said', live: { ports: [{ port: 1, name: 'a' }] }, owners: { 'Apply me': { 'f:ports': { 'k:{"port":1,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } } } }, apply: { ports: [{ port: 1, protocol: 'TCP' }] }, owned: { 'Apply me': { 'f:ports': { 'k:{"port":1,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} } } } } },
  {
    name: 'conflicts are told in the order of fields, the outer ones first', live: { text: 'a', number: 1, parts: { a: '1' } }, owners: { 'Update you': { 'f:text': {}, 'f:number': {}, 'f:parts': { '.': {}, 'f:a': {} } } },
    apply: { parts: { a: '2' }, text: 'b', number: 2 }, conflict: 'Apply failed with 3 conflicts: conflicts with "you" using v1:\n- .number\n- .text\n- .parts.a',
  },
  { name: 'who owned parts of what is one thing now owns it whole', live: { whole: { a: '1' } }, owners: { 'Apply you': { 'f:whole': { 'f:a': {} } } }, apply: { whole: { a: '1' } }, owned: { 'Apply you': { 'f:whole': {} }, 'Apply me': { 'f:whole': {} } } },
  { name: 'characters that mean something in HTML are written as numbers in keys', apply: { set: ['a<b'] }, owned: { 'Apply me': { 'f:set': { 'v:"a\\u003cb"': {} } } } },
  { name: 'an object that nobody owned yet is owned with what holds its fields', live: { parts: { a: '1' } }, apply: { text: 't' }, result: { parts: { a: '1' }, text: 't' }, owned: { 'Apply me': { 'f:text': {} }, 'Update before-first-apply': { 'f:parts': { '.': {}, 'f:a': {} } } } },
];
