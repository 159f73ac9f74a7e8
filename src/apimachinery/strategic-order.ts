/** The order of merged lists in a strategic merge patch: that which the patch states, with the server's own items where they were. */
import { goText, isObject, type JsonObject } from './go-text.ts';
import type { Field } from './schema.ts';
import { mergeStrategy } from './strategic-fields.ts';
import { areObjects, keyOf, mergeLists } from './strategic-lists.ts';
import { mergeFailure, noMergeKey, withoutDirectives, wrongType } from './strategic-merge.ts';

export interface OrderedLists {
  /** The object's list, and the patch's; undefined where there is none. */
  readonly current: unknown[] | undefined;
  readonly given: unknown[] | undefined;
  /** $setElementOrder. */
  readonly order: readonly unknown[];
}

/** The merge of two lists in a stated order. Undefined: there is no list. Throws when the order misses items of the patch. */
export function orderedField(field: Field, { current, given, order }: OrderedLists): unknown[] | undefined {
  const mergeKey = field.patchMergeKey;
  checkOrder(given ?? [], order, mergeKey);
  if (current === undefined && given === undefined) return undefined;
  const server = [...(current ?? [])];
  const merged = mergeGiven(field, current, given);
  const isOfObjects = areObjects(server, given ?? []);
  if (mergeKey === undefined && [...merged, ...order].some(isObject)) throw mergeFailure('a list of objects without merge key has no order of elements');
  if (mergeKey === undefined && isOfObjects) for (const item of objectsOf([...order, ...server])) keyOf(item, '');
  return orderList(merged, order, orderAfter(server, given ?? [], mergeKey), mergeKey);
}

function mergeGiven(field: Field, current: unknown[] | undefined, given: unknown[] | undefined): unknown[] {
  if (given === undefined) return current ?? [];
  if (current === undefined) return withoutDirectives(given) as unknown[];
  return mergeStrategy(field) === 'merge' ? mergeLists(field, current, given, false) : given;
}

/** Items of the patch come in the stated order, and all of them are in it but those that are deleted. */
function checkOrder(given: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  if (given.length === 0 || order.length === 0) return;
  const items = mergeKey === undefined ? given : objectsOf(given).filter((item) => item['$patch'] !== 'delete');
  let at = 0;
  for (const named of order) {
    // Directives for the whole list have no place of their own, but one at the end must be followed by something that has.
    while (at < items.length && isObject(items[at]) && Object.hasOwn(items[at] as JsonObject, '$patch')) at++;
    if (at >= items.length) return;
    if (identityOf(items[at], mergeKey) === identityOf(named, mergeKey)) at++;
  }
  if (at < items.length) throw mergeFailure(`The order in patch list:\n${goText(given)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`);
}

/**
 * Puts items that `order` names in its order and the others in the server's, and weaves the two: an item that only the server has
 * stays before a named one that it already preceded; new items come first. Throws when an item, or a name, has no merge key.
 */
export function orderList(merged: readonly unknown[], order: readonly unknown[], serverOrder: readonly unknown[], mergeKey: string | undefined): unknown[] {
  if (mergeKey !== undefined) checkKeys(merged, order, serverOrder, mergeKey);
  const orderRank = ranks(order, mergeKey);
  const serverRank = ranks(serverOrder, mergeKey);
  const isNamed = (item: unknown): boolean => orderRank.has(identity(item, mergeKey));
  const named = sortByRank(merged.filter(isNamed), (item) => orderRank.get(identity(item, mergeKey)));
  const others = sortByRank(merged.filter((item) => !isNamed(item)), (item) => serverRank.get(identity(item, mergeKey)));
  const out: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const at = serverRank.get(identity(item, mergeKey));
    for (; at !== undefined && next < others.length; next++) {
      const rank = serverRank.get(identity(others[next], mergeKey));
      if (rank === undefined || rank >= at) break;
      out.push(others[next]);
    }
    out.push(item);
  }
  return [...out, ...others.slice(next)];
}

/** All that is put in order, or states one, must have the merge key. */
function checkKeys(merged: readonly unknown[], order: readonly unknown[], serverOrder: readonly unknown[], mergeKey: string): void {
  const unfit = order.findIndex((name) => !isObject(name));
  const known = new Set(order.slice(0, Math.max(unfit, 0)).map((name) => identity(name, mergeKey)));
  for (const item of objectsOf(merged)) {
    const key = keyOf(item, mergeKey);
    if (unfit >= 0 && !known.has(key)) throw mergeFailure(`value for key ${unfit} is not a map`);
  }
  for (const item of [...objectsOf(order), ...objectsOf(serverOrder)]) keyOf(item, mergeKey);
}

/** So many are sorted as upstream sorts them, with an effort that grows as their square. */
const mostUnranked = 2000;

/** Sorts by insertion: an item without rank passes all before it, and is passed by all after it. */
function sortByRank(items: unknown[], rankOf: (item: unknown) => number | undefined): unknown[] {
  const given = items.map((item) => ({ item, rank: rankOf(item) }));
  const unranked = given.filter(({ rank }) => rank === undefined);
  if (unranked.length === 0 || given.length > mostUnranked) {
    const ranked = given.filter(({ rank }) => rank !== undefined).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    return [...unranked.reverse(), ...ranked].map(({ item }) => item);
  }
  const precedes = (a: number | undefined, b: number | undefined): boolean => a === undefined || b === undefined || a < b;
  const sorted: typeof given = [];
  for (const entry of given) {
    let at = sorted.length;
    while (at > 0 && precedes(entry.rank, sorted[at - 1]?.rank)) at--;
    sorted.splice(at, 0, entry);
  }
  return sorted.map(({ item }) => item);
}

/**
 * The server's order as later steps see it: items that the patch deletes have no place any more, and as many of its new ones, even of
 * the same keys, have got one at the end.
 */
function orderAfter(server: readonly unknown[], given: readonly unknown[], mergeKey: string | undefined): readonly unknown[] {
  const hasDirective = (directive: string) => (item: unknown): boolean => isObject(item) && item['$patch'] === directive;
  const deleted = new Set(given.filter(hasDirective('delete')).map((item) => identity(item, mergeKey)));
  if (deleted.size === 0) return server;
  const remaining = server.filter((item) => !deleted.has(identity(item, mergeKey)));
  if (given.some(hasDirective('replace'))) return remaining;
  const places = ranks(remaining, mergeKey);
  const arrivals = given.filter((item) => !hasDirective('delete')(item) && !places.has(identity(item, mergeKey)));
  return [...remaining, ...new Map(arrivals.map((item) => [identity(item, mergeKey), item])).values()].slice(0, server.length);
}

function objectsOf(list: readonly unknown[]): JsonObject[] {
  return list.map((item) => {
    if (!isObject(item)) throw wrongType('map[string]interface {}', item);
    return item;
  });
}

const identity = (item: unknown, mergeKey: string | undefined): unknown => (mergeKey !== undefined && isObject(item) ? item[mergeKey] : item);

/** What an item of a list is known by. Throws when it has no merge key. */
function identityOf(item: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined) return item;
  if (!isObject(item)) throw wrongType('map[string]interface {}', item);
  if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
  return item[mergeKey];
}

function ranks(list: readonly unknown[], mergeKey: string | undefined): Map<unknown, number> {
  const out = new Map<unknown, number>();
  list.forEach((item, i) => {
    if (!out.has(identity(item, mergeKey))) out.set(identity(item, mergeKey), i);
  });
  return out;
}
