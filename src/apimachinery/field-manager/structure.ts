/**
 * How ownership sees a value: as one thing, as fields, or as items with keys of their own. Read from the schema's list and map types;
 * where there is no schema, objects have fields and lists are one thing.
 */
import type { PathElement } from './field-set.ts';
import type { Field, ListSchema, Schema, StructSchema } from '../schema.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A struct or map: `schemaOf` gives the form of a field. */
export interface FieldsStructure {
  readonly type: 'fields';
  readonly schemaOf: (key: string) => Schema | undefined;
  /** The keys of maps, and fields that the schema does not name, are not declared. */
  readonly isDeclared: (key: string) => boolean;
  /** Fields that are there even where they are not written, with nothing in them. */
  readonly alwaysPresent: ReadonlySet<string>;
}

export type Structure =
  | { readonly type: 'whole' }
  | FieldsStructure
  /** A list of items found by their keys. */
  | { readonly type: 'items'; readonly item: Schema | undefined; readonly elementOf: (item: unknown) => PathElement }
  /** A list of scalars, each of which is owned by itself. */
  | { readonly type: 'set'; readonly elementOf: (item: unknown) => PathElement };

const whole: Structure = { type: 'whole' };
const escaped = /[<>&\u2028\u2029]/;
const allEscaped = new RegExp(escaped.source, 'g');

/** JSON as path elements hold it: what might mean something in HTML is written as its number. */
function elementText(value: unknown): string {
  const text = JSON.stringify(value);
  return escaped.test(text) ? text.replace(allEscaped, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
}

const setStructure: Structure = { type: 'set', elementOf: (item) => `v:${elementText(item)}` };
const no = (): boolean => false;
const none: ReadonlySet<string> = new Set();
const untyped: Structure = { type: 'fields', schemaOf: () => undefined, isDeclared: no, alwaysPresent: none };

const structures = new WeakMap<Schema, Structure>();

/**
 * The structure of a value that has this schema. A null, and a value of another JSON type than the schema's, is one thing; with
 * `nullToo` a null has the structure of its schema, with nothing in it.
 */
export function structureOf(schema: Schema | undefined, value: unknown, nullToo = false): Structure {
  if (schema === undefined) return isObject(value) ? untyped : whole;
  if (schema.type === 'scalar') return whole;
  if (!(nullToo && value === null) && (schema.type === 'list' ? !Array.isArray(value) : !isObject(value))) return whole;
  let structure = structures.get(schema);
  if (!structure) {
    structure = build(schema);
    structures.set(schema, structure);
  }
  return structure;
}

function build(schema: Schema): Structure {
  switch (schema.type) {
    case 'scalar':
      return whole;
    case 'struct':
      return schema.mapType === 'atomic' ? whole : { type: 'fields', schemaOf: (key) => schema.fields.get(key)?.schema, isDeclared: (key) => schema.fields.has(key), alwaysPresent: alwaysPresentOf(schema) };
    case 'map':
      return schema.mapType === 'atomic' ? whole : { type: 'fields', schemaOf: () => schema.value, isDeclared: no, alwaysPresent: none };
    case 'list':
      if (schema.listType === 'set') return setStructure;
      if (schema.listType !== 'map' || schema.listMapKeys === undefined || schema.item.type !== 'struct') return whole;
      return { type: 'items', item: schema.item, elementOf: keyElement(schema.listMapKeys, schema.item) };
  }
}

function alwaysPresentOf({ fields }: StructSchema): ReadonlySet<string> {
  const keys = [...fields].filter(([, field]) => field.alwaysPresent === true).map(([key]) => key);
  return keys.length === 0 ? none : new Set(keys);
}

/** Keys that upstream's schema gives a default where ours, read from the API's facts, has none. */
const keyDefaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

const keyDefault = (item: StructSchema, key: string): unknown => (item.fields.get(key) as Field | undefined)?.default ?? (item.name === undefined ? undefined : keyDefaults[key]);

/** Why an item of a set or of a list with keys cannot be told from others, if so. */
export function elementProblem(schema: ListSchema, item: unknown): string | undefined {
  if (schema.listType === 'set') return setItemProblem(item);
  const { item: form, listMapKeys = [] } = schema;
  if (form.type !== 'struct') return undefined;
  if (!isObject(item)) return item === null ? 'associative list with keys may not have a null element' : 'associative list with keys may not have non-map elements';
  const missing = listMapKeys.find((key) => item[key] === undefined && keyDefault(form, key) === undefined);
  return missing === undefined ? undefined : `associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`;
}

function setItemProblem(item: unknown): string | undefined {
  if (item === null) return "associative list without keys has an element that's an explicit null";
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
  return typeof item === 'object' ? "associative list without keys has an element that's a map type" : undefined;
}

function keyElement(keys: readonly string[], item: StructSchema): (value: unknown) => PathElement {
  const sorted = [...keys].sort();
  const defaultOf = (key: string): unknown => keyDefault(item, key);
  const [only = ''] = sorted;
  const alone = sorted.length === 1 ? `k:{${JSON.stringify(only)}:` : undefined;
  return (value) => {
    if (alone !== undefined && isObject(value) && typeof value[only] === 'string') return `${alone}${elementText(value[only])}}`;
    const found: Record<string, unknown> = {};
    for (const key of sorted) {
      const part = isObject(value) ? (value[key] === undefined ? defaultOf(key) : value[key]) : undefined;
      if (part !== undefined) found[key] = part;
    }
    return `k:${elementText(found)}`;
  };
}

/** The items of a list by path element: several where keys are the same. */
export function allItemsByElement(list: unknown, elementOf: (item: unknown) => PathElement): Map<PathElement, unknown[]> {
  const items = new Map<PathElement, unknown[]>();
  for (const item of Array.isArray(list) ? (list as unknown[]) : []) {
    const element = elementOf(item);
    const known = items.get(element);
    if (known) known.push(item);
    else items.set(element, [item]);
  }
  return items;
}

/** Equal as JSON: absent and undefined are the same, the order of keys is not looked at. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameJson(item, b[i]));
  if (Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key in left) if (!isSameJson(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
