/** The fields of an object, and the fields in which two objects differ. */
import type { Schema } from '../schema.ts';
import { FieldSet, type PathElement } from './field-set.ts';
import { allItemsByElement, isObject, isSameJson, structureOf, type FieldsStructure, type JsonObject, type Structure } from './structure.ts';

type Listed = Extract<Structure, { type: 'items' | 'set' }>;

/** All that a configuration says: what an applier owns. An empty list of items says nothing, a null says something. */
export function fieldSetOf(schema: Schema | undefined, value: unknown): FieldSet {
  const structure = structureOf(schema, value);
  if (value === null) return schema !== undefined && structureOf(schema, null, true).type === 'whole' ? FieldSet.leaf : FieldSet.empty;
  if (structure.type === 'whole') return FieldSet.leaf;
  const children = new Map<PathElement, FieldSet>();
  if (structure.type === 'fields') {
    for (const [key, item] of Object.entries(value as JsonObject)) {
      if (item === undefined) continue;
      const inner = fieldSetOf(structure.schemaOf(key), item);
      const isSaid = inner.isMember || item === null || !structure.isDeclared(key) || (isObject(item) && isEmpty(item));
      if (isSaid || !inner.isEmpty) children.set(`f:${key}`, inner.isMember === isSaid ? inner : new FieldSet(isSaid, inner.children));
    }
  } else {
    for (const [element, items] of allItemsByElement(value, structure.elementOf)) {
      const alone = structure.type === 'items' && items.length === 1;
      children.set(element, alone ? new FieldSet(true, fieldSetOf(structure.item, items[0]).children) : FieldSet.leaf);
    }
  }
  return children.size === 0 ? FieldSet.empty : new FieldSet(false, children);
}

/** What a field changes in an object that lacks it. */
export function addedField(schema: Schema, key: string, value: unknown): FieldSet {
  const { added, modified } = compareField(structureOf(schema, {}) as FieldsStructure, key, undefined, value);
  return added.union(modified);
}

/** A value and all that is in it: what comparing it with nothing gives. */
function memberFields(schema: Schema | undefined, value: unknown): FieldSet {
  const structure = structureOf(schema, value);
  if (structure.type === 'whole') return FieldSet.leaf;
  const children = new Map<PathElement, FieldSet>();
  if (structure.type === 'fields') {
    for (const [key, item] of Object.entries(value as JsonObject)) if (item !== undefined) children.set(`f:${key}`, memberFields(structure.schemaOf(key), item));
    for (const key of structure.alwaysPresent) {
      if (children.has(`f:${key}`)) continue;
      const schemaOfKey = structure.schemaOf(key);
      const nothing = nothingOf(schemaOfKey);
      if (nothing !== undefined) children.set(`f:${key}`, memberFields(schemaOfKey, nothing));
    }
  } else {
    for (const [element, items] of allItemsByElement(value, structure.elementOf)) {
      children.set(element, structure.type === 'items' && items.length === 1 ? memberFields(structure.item, items[0]) : FieldSet.leaf);
    }
  }
  return children.size === 0 ? FieldSet.leaf : new FieldSet(true, children);
}

export interface Difference {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const same: Difference = { added: FieldSet.empty, modified: FieldSet.empty, removed: FieldSet.empty };
const changed: Difference = { ...same, modified: FieldSet.leaf };

/** So far down it is cheaper to see first whether anything differs; in what is nested deeper that would compare the same over and over. */
const mostComparedFirst = 20;

/** What `after` has beyond `before`, has otherwise, and lacks. Undefined is absent; null is a value, in whose place there may be fields. */
export function compareObjects(schema: Schema | undefined, before: unknown, after: unknown, depth = 0): Difference {
  if (before === after) return same;
  if (before === undefined) return { ...same, added: memberFields(schema, after) };
  if (after === undefined) return { ...same, removed: memberFields(schema, before) };
  const [left, right] = [structureOf(schema, before, true), structureOf(schema, after, true)];
  const areWhole = left.type === 'whole' && right.type === 'whole';
  if ((areWhole || depth < mostComparedFirst) && isSameJson(before, after)) return same;
  if (areWhole) return changed;
  if (left.type === 'whole' || right.type === 'whole') {
    // Of one type before and of another after: where there is no schema.
    const whole = left.type === 'whole' ? before : after;
    const parts = left.type === 'whole' ? after : before;
    const inner = left.type === 'whole' ? compareFields(right as FieldsStructure, {}, parts, depth) : compareFields(left as FieldsStructure, parts, {}, depth);
    return whole === null && !isEmpty(parts) ? inner : { ...inner, modified: FieldSet.leaf };
  }
  if (isEmpty(before) && isEmpty(after)) return isSameJson(before, after) ? same : changed;
  return right.type === 'fields' ? compareFields(right, before, after, depth) : compareItems(right, before, after, depth);
}

/** Nothing is in a null either. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value as JsonObject | null) if ((value as JsonObject)[key] !== undefined) return false;
  return true;
}

function compareFields(structure: FieldsStructure, before: unknown, after: unknown, depth: number): Difference {
  const parts = new Parts();
  const [was, is] = [(before ?? {}) as JsonObject, (after ?? {}) as JsonObject];
  for (const key in was) parts.add(`f:${key}`, compareField(structure, key, was[key], is[key], depth));
  for (const key in is) if (was[key] === undefined) parts.add(`f:${key}`, compareField(structure, key, undefined, is[key], depth));
  return parts.difference();
}

function compareField(structure: FieldsStructure, key: string, before: unknown, after: unknown, depth = 0): Difference {
  const schema = structure.schemaOf(key);
  if ((before !== undefined && after !== undefined) || !structure.alwaysPresent.has(key)) return compareObjects(schema, before, after, depth + 1);
  // Where one of them says nothing there is an empty one all the same.
  return compareObjects(schema, before ?? nothingOf(schema), after ?? nothingOf(schema), depth + 1);
}

/** What an unwritten field that is always present has: a struct with nothing in it, a list or map that is null; what is owned as a whole is absent. */
function nothingOf(schema: Schema | undefined): unknown {
  if (structureOf(schema, null, true).type === 'whole') return undefined;
  return schema?.type === 'struct' ? {} : null;
}

function compareItems(structure: Listed, before: unknown, after: unknown, depth: number): Difference {
  const parts = new Parts();
  const is = allItemsByElement(after, structure.elementOf);
  for (const [element, items] of allItemsByElement(before, structure.elementOf)) {
    parts.add(element, compareItem(structure, items, is.get(element) ?? [], depth));
    is.delete(element);
  }
  for (const [element, items] of is) parts.add(element, compareItem(structure, [], items, depth));
  return parts.difference();
}

/** Items that have the same keys are one thing together. */
function compareItem(structure: Listed, before: readonly unknown[], after: readonly unknown[], depth: number): Difference {
  const schema = structure.type === 'items' ? structure.item : undefined;
  if (before.length > 1 && after.length > 1) return isSameJson(before, after) ? same : changed;
  if (before.length > 1) return { ...compareObjects(schema, undefined, after[0]), removed: FieldSet.leaf };
  if (after.length > 1) return { ...compareObjects(schema, before[0], undefined), added: FieldSet.leaf };
  return compareObjects(schema, before[0], after[0], depth + 1);
}

/** The differences of parts, put together. */
class Parts {
  readonly #added = new Map<PathElement, FieldSet>();
  readonly #modified = new Map<PathElement, FieldSet>();
  readonly #removed = new Map<PathElement, FieldSet>();

  add(element: PathElement, { added, modified, removed }: Difference): void {
    if (!added.isEmpty) this.#added.set(element, added);
    if (!modified.isEmpty) this.#modified.set(element, modified);
    if (!removed.isEmpty) this.#removed.set(element, removed);
  }

  difference(): Difference {
    return { added: setOf(this.#added), modified: setOf(this.#modified), removed: setOf(this.#removed) };
  }
}

const setOf = (children: Map<PathElement, FieldSet>): FieldSet => (children.size === 0 ? FieldSet.empty : new FieldSet(false, children));
