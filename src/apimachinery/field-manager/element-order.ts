/** The order in which path elements are told: fields, items by their keys, items of sets, indexes. */
import type { PathElement } from './field-set.ts';

const kinds = 'fkvi';

export function compareElements(a: PathElement, b: PathElement): number {
  if (a[0] !== b[0]) return kinds.indexOf(a[0] ?? '') - kinds.indexOf(b[0] ?? '');
  const [left, right] = [a.slice(2), b.slice(2)];
  if (a.startsWith('f:')) return compareBare(left, right);
  const [x, y] = [JSON.parse(left) as unknown, JSON.parse(right) as unknown];
  return a.startsWith('k:') ? compareKeys(x as Keys, y as Keys) : compareScalars(x, y);
}

type Keys = Readonly<Record<string, unknown>>;

function compareKeys(a: Keys, b: Keys): number {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  for (const [index, [name, value]] of left.entries()) {
    const [otherName, otherValue] = right[index] ?? [];
    if (otherName === undefined) return 1;
    const order = compareBare(name, otherName) || compareScalars(value, otherValue);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const types = ['number', 'string', 'boolean'];

/** Numbers, texts, truth values. */
function compareScalars(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return types.indexOf(typeof a) - types.indexOf(typeof b);
  return compareBare(a as string | number | boolean, b as string | number | boolean);
}

const compareBare = <T extends string | number | boolean>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
