/** What jq's operators and functions do with values. A filter gives any number of values for one. */
export type Filter = (input: unknown) => readonly unknown[];

/** An expression cannot be told of a value: jq stops there. */
export class JqError extends Error {}

export const isTruthy = (value: unknown): boolean => value !== false && value !== null && value !== undefined;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** '.key' and '.[key]' */
export function member(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key] : null;
  if (Array.isArray(value) && typeof key === 'number') return value.at(key) ?? null;
  throw new JqError(`cannot index with ${JSON.stringify(key)}`);
}

/** '.[]' */
export function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (isObject(value)) return Object.values(value);
  throw new JqError('cannot iterate');
}

const ranks = ['null', 'boolean', 'number', 'string', 'array', 'object'];

export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** jq's order over all values. */
export function compareValues(a: unknown, b: unknown): number {
  const types = ranks.indexOf(typeOf(a)) - ranks.indexOf(typeOf(b));
  if (types !== 0) return types;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = typeof a === 'string' && typeof b === 'string' ? [a, b] : [JSON.stringify(a ?? null), JSON.stringify(b ?? null)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function calculate(operator: string, a: unknown, b: unknown): unknown {
  if (operator === '+') {
    if (typeOf(a) === 'null') return b;
    if (typeOf(b) === 'null') return a;
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...(a as unknown[]), ...(b as unknown[])];
    if (isObject(a) && isObject(b)) return { ...a, ...b };
  }
  if (typeof a !== 'number' || typeof b !== 'number') throw new JqError(`cannot calculate ${operator}`);
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  if (b === 0) throw new JqError('division by zero');
  return operator === '/' ? a / b : Math.trunc(a) % Math.trunc(b);
}

function lengthOf(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'string') return [...value].length;
  if (typeof value === 'boolean') throw new JqError('a boolean has no length');
  return Array.isArray(value) ? value.length : Object.keys(value ?? {}).length;
}

function numberOf(value: unknown): number {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (Number.isNaN(number)) throw new JqError('no number');
  return number;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new JqError('no string');
  return value;
}

function contains(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (Array.isArray(a) && Array.isArray(b)) return b.every((part) => a.some((whole) => contains(whole, part)));
  if (isObject(a) && isObject(b)) return Object.entries(b).every(([key, part]) => Object.hasOwn(a, key) && contains(a[key], part));
  return compareValues(a, b) === 0;
}

/** Functions of the input alone. */
export const plainFunctions: Readonly<Record<string, (input: unknown) => unknown>> = {
  not: (input) => !isTruthy(input),
  length: lengthOf,
  keys: (input) => (Array.isArray(input) ? [...input.keys()] : Object.keys(isObject(input) ? input : {}).sort()),
  type: typeOf,
  tostring: (input) => (typeof input === 'string' ? input : JSON.stringify(input ?? null)),
  tonumber: numberOf,
  floor: (input) => Math.floor(numberOf(input)),
  ascii_downcase: (input) => textOf(input).toLowerCase(),
  ascii_upcase: (input) => textOf(input).toUpperCase(),
  first: (input) => member(input, 0),
  last: (input) => member(input, -1),
  any: (input) => items(input).some(isTruthy),
  all: (input) => items(input).every(isTruthy),
  add: (input) => items(input).reduce((sum, item) => calculate('+', sum, item), null),
  min: (input) => [...items(input)].sort(compareValues)[0] ?? null,
  max: (input) => [...items(input)].sort(compareValues).at(-1) ?? null,
  sort: (input) => [...items(input)].sort(compareValues),
  unique: (input) => [...items(input)].sort(compareValues).filter((item, i, all) => i === 0 || compareValues(all[i - 1], item) !== 0),
};

/** Functions of the input and a value. */
export const valueFunctions: Readonly<Record<string, (input: unknown, value: unknown) => unknown>> = {
  has: (input, key) => typeOf(member(input, key)) !== 'null',
  contains,
  startswith: (input, start) => textOf(input).startsWith(textOf(start)),
  endswith: (input, end) => textOf(input).endsWith(textOf(end)),
  split: (input, separator) => textOf(input).split(textOf(separator)),
  join: (input, separator) => items(input).map((item) => (typeOf(item) === 'null' ? '' : typeof item === 'string' ? item : JSON.stringify(item))).join(textOf(separator)),
  ltrimstr: (input, start) => (typeof input === 'string' && typeof start === 'string' && input.startsWith(start) ? input.slice(start.length) : input),
  rtrimstr: (input, end) => (typeof input === 'string' && typeof end === 'string' && end !== '' && input.endsWith(end) ? input.slice(0, -end.length) : input),
  test: (input, pattern) => expressionOf(textOf(pattern)).test(textOf(input)),
};

function expressionOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    throw new JqError('no regular expression');
  }
}

/** Functions whose argument is asked of values. */
export const filterFunctions: Readonly<Record<string, (input: unknown, filter: Filter) => readonly unknown[]>> = {
  select: (input, filter) => filter(input).flatMap((value) => (isTruthy(value) ? [input] : [])),
  map: (input, filter) => [items(input).flatMap((item) => filter(item))],
  any: (input, filter) => [items(input).some((item) => filter(item).some(isTruthy))],
  all: (input, filter) => [items(input).every((item) => filter(item).every(isTruthy))],
  first: (input, filter) => filter(input).slice(0, 1),
  last: (input, filter) => filter(input).slice(-1),
};
