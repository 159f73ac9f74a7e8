/**
 * The fields that the creator of an object owns: what comparing it with nothing gives. Every creation pays for it, and objects of one
 * form own the same; so the form is followed along those seen before, and only of a new one the fields are made. Parts at the top have
 * forms of their own, since many objects differ in their metadata only.
 */
import type { AnyObject } from '../object.ts';
import type { Schema } from '../schema.ts';
import { addedField } from './compare.ts';
import { FieldSet, type FieldsV1 } from './field-set.ts';
import { FormTree, type FormNode } from './form-tree.ts';
import { sharedFields } from './shared-fields.ts';
import { structureOf, type FieldsStructure } from './structure.ts';

/** Metadata that nobody owns, because the server sets it or it names the object. */
const unownedMetadata: ReadonlySet<string> = new Set(['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion']);
const unownedFields: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
const none: ReadonlySet<string> = new Set();

type Fields = Readonly<Record<string, unknown>>;

const forms = new FormTree<FieldsV1>();

/** `ignored` names top-level fields that the writer cannot set. Undefined: there is nothing to own. Results are shared: nobody changes them. */
export function createdFields(schema: Schema, object: AnyObject, ignored: readonly string[]): FieldsV1 | undefined {
  const structure = structureOf(schema, object);
  if (structure.type !== 'fields') return undefined;
  const start = forms.root(schema);
  let node = start;
  const parts: Record<string, FieldsV1> = {};
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value === undefined || unownedFields.has(key) || ignored.includes(key)) continue;
    const part = partFields(schema, structure, key, value);
    if (part === unsaid) continue;
    parts[key] = part;
    node = node.next(key).next(part);
  }
  return node === start ? undefined : forms.at(node, () => sharedFields(Object.fromEntries(Object.entries(parts).map(([key, part]) => [`f:${key}`, part]))));
}

const whole: FieldsV1 = Object.freeze({});
/** Of a part that says nothing. */
const unsaid: FieldsV1 = Object.freeze({});
const noSchema = {};

/** What is owned of one part of an object. */
function partFields(schema: Schema, { schemaOf, alwaysPresent }: FieldsStructure, key: string, value: unknown): FieldsV1 {
  const partSchema = schemaOf(key);
  const structure = structureOf(partSchema, value);
  if (structure.type === 'whole') return whole;
  const unowned = key === 'metadata' ? unownedMetadata : none;
  const root = forms.root(partSchema ?? noSchema);
  const start = alwaysPresent.has(key) ? root : root.next(absent);
  const node = structure.type === 'fields' ? followFields(start, structure, value as Fields, unowned) : follow(start, partSchema, value);
  return forms.at(node, () => {
    const owned = structure.type === 'fields' ? Object.fromEntries(Object.entries(value as Fields).filter(([name]) => !unowned.has(name))) : value;
    const added = addedField(schema, key, owned);
    const fields = key === 'metadata' ? new FieldSet(false, added.children) : added;
    return fields.isEmpty ? unsaid : (new FieldSet(false, new Map([['part', fields]])).toJson()['part'] ?? unsaid);
  });
}

/** Where a value's form leads. It says as much as decides about ownership: names of fields, keys of items, what has parts. */
function follow(from: FormNode<FieldsV1>, schema: Schema | undefined, value: unknown): FormNode<FieldsV1> {
  const structure = structureOf(schema, value);
  if (structure.type === 'whole') return from;
  if (structure.type === 'fields') return followFields(from, structure, value as Fields, none);
  let node = from.next(begin);
  for (const item of value as readonly unknown[]) {
    node = node.next(structure.elementOf(item));
    if (structure.type === 'items') node = follow(node, structure.item, item);
  }
  return node.next(end);
}

function followFields(from: FormNode<FieldsV1>, structure: FieldsStructure, fields: Fields, unowned: ReadonlySet<string>): FormNode<FieldsV1> {
  let node = from.next(begin);
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined && !unowned.has(key)) node = follow(node.next(key), structure.schemaOf(key), value);
  }
  return node.next(end);
}

/** An object without the part lacks it; otherwise it has an empty one. */
const absent = {};
/** What has parts begins and ends with these; they are no names. */
const begin = {};
const end = {};
