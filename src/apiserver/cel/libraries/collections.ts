/** Functions of lists, and sets.*. Upstream: k8s.io/apiserver/pkg/cel/library/lists.go, cel-go/ext/{lists,sets}.go */
import type { Environment } from '@marcbachmann/cel-js';
import { equalValues } from './values.ts';

type List = readonly unknown[];

/** -1, 0 or 1; throws for values without an order. */
export function compareValues(a: unknown, b: unknown): number {
  const [left, right] = [ordered(a), ordered(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function ordered(value: unknown): bigint | number | string {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  const primitive = (value as { valueOf?: () => unknown } | null)?.valueOf?.();
  if (typeof primitive === 'number' || typeof primitive === 'bigint') return primitive;
  throw new Error('no such overload');
}

function extreme(list: List, wanted: number, name: string): unknown {
  if (list.length === 0) throw new Error(`${name} called on empty list`);
  return list.reduce((best, item) => (compareValues(item, best) === wanted ? item : best));
}

function sum(list: List): unknown {
  if (list.length === 0) return 0n;
  return list.reduce((total, item) => {
    if (typeof total === 'bigint' && typeof item === 'bigint') return total + item;
    if (typeof total === 'number' && typeof item === 'number') return total + item;
    if (isDuration(total) && isDuration(item)) return total.addDuration(item);
    throw new Error('no such overload');
  });
}

interface DurationValue {
  addDuration(other: unknown): unknown;
}
const isDuration = (value: unknown): value is DurationValue => typeof (value as DurationValue | null)?.addDuration === 'function';

const indexOf = (list: List, wanted: unknown): bigint => BigInt(list.findIndex((item) => equalValues(item, wanted)));
const lastIndexOf = (list: List, wanted: unknown): bigint => BigInt(list.findLastIndex((item) => equalValues(item, wanted)));
const isSorted = (list: List): boolean => list.every((item, i) => i === 0 || compareValues(list[i - 1], item) <= 0);
const contains = (list: List, others: List): boolean => others.every((other) => list.some((item) => equalValues(item, other)));

function flatten(list: List, depth: bigint): unknown[] {
  if (depth < 0n) throw new Error('level must be non-negative');
  return list.flatMap((item) => (Array.isArray(item) && depth > 0n ? flatten(item as List, depth - 1n) : [item]));
}

function slice(list: List, from: bigint, to: bigint): List {
  if (from < 0n || to < from || to > BigInt(list.length)) throw new Error(`cannot slice(${from}, ${to}), list is of length ${list.length}`);
  return list.slice(Number(from), Number(to));
}

const distinct = (list: List): unknown[] => list.filter((item, i) => list.findIndex((other) => equalValues(item, other)) === i);

class SetsNamespace {}

export function addCollections(environment: Environment): Environment {
  // Not list<A> and A: of a list of which nothing is known the library's checker would take A itself for the type of the result.
  return environment
    .registerFunction('list.isSorted(): bool', isSorted)
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: List) => extreme(list, -1, 'min'))
    .registerFunction('list.max(): dyn', (list: List) => extreme(list, 1, 'max'))
    .registerFunction('list.indexOf(dyn): int', indexOf)
    .registerFunction('list.lastIndexOf(dyn): int', lastIndexOf)
    .registerFunction('list.slice(int, int): list<dyn>', slice)
    .registerFunction('list.distinct(): list<dyn>', distinct)
    .registerFunction('list.reverse(): list<dyn>', (list: List) => [...list].reverse())
    .registerFunction('list.sort(): list<dyn>', (list: List) => [...list].sort(compareValues))
    .registerFunction('list.flatten(): list<dyn>', (list: List) => flatten(list, 1n))
    .registerFunction('list.flatten(int): list<dyn>', flatten)
    .registerType('SetsNamespace', { ctor: SetsNamespace })
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction('SetsNamespace.contains(list, list): bool', (_: unknown, a: List, b: List) => contains(a, b))
    .registerFunction('SetsNamespace.equivalent(list, list): bool', (_: unknown, a: List, b: List) => contains(a, b) && contains(b, a))
    .registerFunction('SetsNamespace.intersects(list, list): bool', (_: unknown, a: List, b: List) => a.some((item) => b.some((other) => equalValues(item, other))));
}
