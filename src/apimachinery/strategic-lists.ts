/** How lists merge in a strategic merge patch: objects by the field's merge key, or scalars as sets. */
import { goText, goType, isObject, type JsonObject } from './go-text.ts';
import type { Field, Schema } from './schema.ts';
import { StatusError } from './status-error.ts';
import { itemSchema } from './strategic-fields.ts';
import { mergeFailure, mergeObjects, noMergeKey, unknownDirective } from './strategic-merge.ts';
import { orderList } from './strategic-order.ts';

/** The merge of a list of the patch into one of the object, or, for a deletion, the list without those. `current` may be changed. */
export function mergeLists(field: Field, current: unknown[], patch: readonly unknown[], isDeletion: boolean): unknown[] {
  if (current.length === 0 && patch.length === 0) return current;
  const mergeKey = field.patchMergeKey;
  if (!areObjects(current, patch)) {
    if (isDeletion) return removePrimitives(current, patch);
    return orderList([...new Set([...current, ...patch])], patch, current, mergeKey);
  }
  if (mergeKey === undefined) throw mergeFailure(`cannot merge lists without merge key for ${kindOfItems(itemSchema(field))}`);
  const { before, items } = applyDirectives(current, patch as readonly JsonObject[], mergeKey);
  const server = [...before];
  const places = new Map<unknown, number>();
  before.forEach((item, i) => {
    if (!places.has(item[mergeKey])) places.set(item[mergeKey], i);
  });
  for (const item of items) {
    const key = keyOf(item, mergeKey);
    const at = places.get(key);
    const found = at === undefined ? undefined : before[at];
    if (at === undefined || found === undefined) places.set(key, before.push(item) - 1);
    else before[at] = mergeObjects(itemSchema(field), found, item);
  }
  return orderList(before, items, server, mergeKey);
}

/** Whether the items are objects. Throws when they are of different types, or lists. */
export function areObjects(current: readonly unknown[], patch: readonly unknown[]): boolean {
  const all = [...current, ...patch];
  if (all.length === 0) throw mergeFailure('no elements in any of the given slices');
  const first = goType(all[0]);
  if (Array.isArray(all[0])) throw new StatusError({ code: 422, message: 'lists of lists are not supported' });
  if (first === null || all.some((item) => goType(item) !== first)) throw mergeFailure(`list element types are not identical: ${goText([current, patch])}`);
  return isObject(all[0]);
}

/** Elements of the patch that say what to do with the list rather than being items of it. */
function applyDirectives(current: readonly unknown[], patch: readonly JsonObject[], mergeKey: string): { before: JsonObject[]; items: JsonObject[] } {
  const items: JsonObject[] = [];
  const deleted = new Set<unknown>();
  let isReplaced = false;
  for (const item of patch) {
    const directive = item['$patch'];
    if (!Object.hasOwn(item, '$patch')) items.push(item);
    else if (directive === 'replace') isReplaced = true;
    else if (directive === 'merge') throw mergeFailure('merging lists cannot yet be specified in the patch');
    else if (directive === 'delete') deleted.add(keyOf(item, mergeKey));
    else throw unknownDirective(directive, item);
  }
  return isReplaced ? { before: items, items: [] } : { before: (current as JsonObject[]).filter((item) => !deleted.has(item[mergeKey])), items };
}

export function keyOf(item: JsonObject, mergeKey: string): unknown {
  if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
  return item[mergeKey];
}

function removePrimitives(list: readonly unknown[], values: readonly unknown[]): unknown[] {
  const gone = new Set(values);
  return list.filter((item) => !gone.has(item));
}

function kindOfItems(schema: Schema): string {
  if (schema.type !== 'scalar') return schema.type === 'list' ? 'slice' : schema.type;
  return schema.scalar === 'boolean' ? 'bool' : schema.scalar;
}
