/** How lists merge in a strategic merge patch: by key, or as sets of primitives, in an order that keeps the server's neighbourhoods. */
import type { Field } from './schema.ts';
import { goText, hasStrategy, isObject, mergeFailure, mergeObjects, withoutDirectives } from './strategic-merge.ts';

export const isMerged = (field: Field | undefined): field is Field => hasStrategy(field, 'merge');

/** The merge of a list of the patch into one of the object. `current` may be changed. */
export function mergeLists(field: Field, current: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const hasObjects = [...current, ...patch].some(isObject);
  if (!hasObjects) return orderList([...new Set([...current, ...patch])], patch, current, undefined);
  const mergeKey = field.patchMergeKey;
  if (mergeKey === undefined) throw mergeFailure('cannot merge lists without merge key for type []interface {}');
  const { rest, remaining, isReplaced } = applyDirectives(current, patch, mergeKey);
  if (isReplaced) return rest.map(withoutDirectives);
  const itemSchema = field.schema.type === 'list' ? field.schema.item : undefined;
  const merged = [...remaining];
  for (const item of rest) {
    if (!isObject(item)) throw mergeFailure('invalid JSON document');
    const at = findByKey(merged, mergeKey, keyOf(item, mergeKey));
    const found = merged[at];
    if (isObject(found)) merged[at] = mergeObjects(itemSchema, found, item);
    else merged.push(withoutDirectives(item));
  }
  return orderList(merged, rest, current, mergeKey);
}

/** Elements of the patch that say what to do with the list rather than being items of it. */
function applyDirectives(current: readonly unknown[], patch: readonly unknown[], mergeKey: string): { rest: unknown[]; remaining: unknown[]; isReplaced: boolean } {
  const rest: unknown[] = [];
  let remaining = [...current];
  let isReplaced = false;
  for (const item of patch) {
    const directive = isObject(item) ? item['$patch'] : undefined;
    if (!isObject(item) || directive === undefined) rest.push(item);
    else if (directive === 'replace') isReplaced = true;
    else if (directive === 'delete') {
      if (!Object.hasOwn(item, mergeKey)) throw mergeFailure(`delete patch type with no merge key defined`);
      remaining = remaining.filter((other) => !(isObject(other) && other[mergeKey] === item[mergeKey]));
    } else if (directive === 'merge') throw mergeFailure('merging lists cannot yet be specified in the patch');
    else throw mergeFailure(`unknown patch type [${String(directive)}] in map [${goText(item)}]`);
  }
  return { rest, remaining, isReplaced };
}

function keyOf(item: Record<string, unknown>, mergeKey: string): unknown {
  if (!Object.hasOwn(item, mergeKey)) throw mergeFailure(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
  return item[mergeKey];
}

const findByKey = (list: readonly unknown[], mergeKey: string, key: unknown): number => list.findIndex((item) => isObject(item) && item[mergeKey] === key);

export function removePrimitives(list: readonly unknown[], values: readonly unknown[]): unknown[] {
  const gone = new Set(values);
  return list.filter((item) => !gone.has(item));
}

/**
 * Puts items the patch names in the patch's order, the others in the server's, and weaves the two: an item that only the server has
 * stays before a named one that it already preceded; new items come first.
 */
export function orderList(merged: readonly unknown[], patchOrder: readonly unknown[], serverOrder: readonly unknown[], mergeKey: string | undefined): unknown[] {
  const identity = (item: unknown): unknown => (mergeKey !== undefined && isObject(item) ? item[mergeKey] : item);
  const patchRank = ranks(patchOrder, identity);
  const serverRank = ranks(serverOrder, identity);
  const rank = (from: Map<unknown, number>, item: unknown): number => from.get(identity(item)) ?? from.size;
  const named = merged.filter((item) => patchRank.has(identity(item))).sort((a, b) => rank(patchRank, a) - rank(patchRank, b));
  const others = merged.filter((item) => !patchRank.has(identity(item))).sort((a, b) => rank(serverRank, a) - rank(serverRank, b));
  const out: unknown[] = [];
  for (const item of named) {
    const at = serverRank.get(identity(item));
    if (at !== undefined) {
      while (others.length > 0) {
        const first = serverRank.get(identity(others[0]));
        if (first === undefined || first >= at) break;
        out.push(others.shift());
      }
    }
    out.push(item);
  }
  return [...out, ...others];
}

function ranks(list: readonly unknown[], identity: (item: unknown) => unknown): Map<unknown, number> {
  const out = new Map<unknown, number>();
  list.forEach((item, i) => {
    if (!out.has(identity(item))) out.set(identity(item), i);
  });
  return out;
}
