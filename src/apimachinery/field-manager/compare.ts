/** The fields of an object, and the fields in which two objects differ. */
import type { Schema } from '../schema.ts';
import { FieldSet, type PathElement } from './field-set.ts';
import { isSameJson, itemsByElement, structureOf, type Structure } from './structure.ts';

/** All that a configuration says: what an applier owns. */
export function fieldSetOf(schema: Schema | undefined, value: unknown): FieldSet {
  return new FieldSet(false, fieldsOf(schema, value, false).children);
}

/** All that is in a value, with the maps and items that hold it: what comparing it with nothing gives. */
export const memberFields = (schema: Schema | undefined, value: unknown): FieldSet => fieldsOf(schema, value, true);

/** `withContainers`: maps, and lists of items, are members beside what is in them. */
function fieldsOf(schema: Schema | undefined, value: unknown, withContainers: boolean): FieldSet {
  const structure = structureOf(schema, value);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, item, itemSchema] of membersOf(structure, value)) {
    const inner = structure.type === 'set' ? FieldSet.leaf : fieldsOf(itemSchema, item, withContainers);
    children.set(element, structure.type === 'items' ? new FieldSet(true, inner.children) : inner);
  }
  if (children.size === 0) return FieldSet.leaf;
  const isContainer = structure.type !== 'fields' || structure.isMap;
  return new FieldSet(withContainers && isContainer, children);
}

function* membersOf(structure: Structure, value: unknown): Iterable<readonly [PathElement, unknown, Schema | undefined]> {
  if (structure.type === 'whole') return;
  if (structure.type === 'fields') {
    for (const [key, item] of Object.entries(value as object)) if (item !== undefined) yield [`f:${key}`, item, structure.schemaOf(key)];
    return;
  }
  const schema = structure.type === 'items' ? structure.item : undefined;
  for (const [element, item] of itemsByElement(value, structure.elementOf)) yield [element, item, schema];
}

export interface Difference {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const same: Difference = { added: FieldSet.empty, modified: FieldSet.empty, removed: FieldSet.empty };
const changed: Difference = { ...same, modified: FieldSet.leaf };

/** What `after` has beyond `before`, has otherwise, and lacks. */
export function compareObjects(schema: Schema | undefined, before: unknown, after: unknown): Difference {
  if (before === after) return same;
  if (typeof before !== 'object' || typeof after !== 'object') return changed;
  const [left, right] = [structureOf(schema, before), structureOf(schema, after)];
  if (left.type === 'whole' || right.type === 'whole') {
    return isSameJson(before, after) ? same : changed;
  }
  const added = new Map<PathElement, FieldSet>();
  const modified = new Map<PathElement, FieldSet>();
  const removed = new Map<PathElement, FieldSet>();
  if (isSameJson(before, after)) return same;
  const old = new Map<PathElement, unknown>();
  for (const [element, item] of membersOf(left, before)) old.set(element, item);
  for (const [element, item, itemSchema] of membersOf(right, after)) {
    if (!old.has(element)) {
      const fields = right.type === 'set' ? FieldSet.leaf : fieldsOf(itemSchema, item, true);
      added.set(element, right.type === 'items' ? new FieldSet(true, fields.children) : fields);
      continue;
    }
    const inner = right.type === 'set' ? same : compareObjects(itemSchema, old.get(element), item);
    if (!inner.added.isEmpty) added.set(element, inner.added);
    if (!inner.modified.isEmpty) modified.set(element, inner.modified);
    if (!inner.removed.isEmpty) removed.set(element, inner.removed);
    old.delete(element);
  }
  const schemas = left.type === 'fields' ? left.schemaOf : () => (left.type === 'items' ? left.item : undefined);
  for (const [element, item] of old) {
    if (right.type !== 'set' && hasMember(right, after, element)) continue;
    const fields = left.type === 'set' ? FieldSet.leaf : fieldsOf(schemas(element.slice(2)), item, true);
    removed.set(element, new FieldSet(true, fields.children));
  }
  return { added: new FieldSet(false, added), modified: new FieldSet(false, modified), removed: new FieldSet(false, removed) };
}

function hasMember(structure: Structure, value: unknown, element: PathElement): boolean {
  for (const [other] of membersOf(structure, value)) if (other === element) return true;
  return false;
}
