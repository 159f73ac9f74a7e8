/**
 * The functions of every template: Go's own, and those of sprig that stage files use.
 * Upstream: text/template, github.com/Masterminds/sprig
 */
import { createHash } from 'node:crypto';
import { TemplateError } from './go-template-parser.ts';
import { isTrue, printed, valueAt, type TemplateFunctions } from './template-values.ts';

const logic: TemplateFunctions = {
  and: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
  eq: (value, ...others) => others.includes(value),
  ne: (a, b) => a !== b,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  coalesce: (...args) => args.find(isTrue),
  empty: (value) => !isTrue(value),
  ternary: (yes, no, condition) => (isTrue(condition) ? yes : no),
  fail: (message) => {
    throw new TemplateError(printed(message));
  },
};

const numbers: TemplateFunctions = {
  add: (...args) => args.reduce<number>((sum, arg) => sum + integer(arg), 0),
  add1: (value) => integer(value) + 1,
  sub: (a, b) => integer(a) - integer(b),
  mul: (...args) => args.reduce<number>((product, arg) => product * integer(arg), 1),
  div: (a, b) => Math.trunc(integer(a) / divisor(b)),
  mod: (a, b) => integer(a) % divisor(b),
  max: (...args) => Math.max(...args.map(integer)),
  min: (...args) => Math.min(...args.map(integer)),
  int: integer,
  int64: integer,
  float64: (value) => Number(value) || 0,
  atoi: integer,
  until: (count) => Array.from({ length: Math.max(0, integer(count)) }, (_, i) => i),
};

const texts: TemplateFunctions = {
  print: (...args) => args.map(printed).join(''),
  printf: (format, ...args) => printed(format).replace(/%(%|[+#0-9.]*[svdqtf])/g, (all, verb: string) => (verb === '%' ? '%' : verb === 'q' ? quoted(args.shift()) : printed(args.shift()))),
  toString: (value: unknown) => (value === undefined ? '' : printed(value)),
  quote: (...args) => args.filter((arg) => arg !== undefined).map(quoted).join(' '),
  squote: (...args) => args.map((arg) => `'${printed(arg)}'`).join(' '),
  upper: (value) => printed(value).toUpperCase(),
  lower: (value) => printed(value).toLowerCase(),
  trim: (value) => printed(value).trim(),
  trimPrefix: (prefix, value) => (printed(value).startsWith(printed(prefix)) ? printed(value).slice(printed(prefix).length) : value),
  trimSuffix: (suffix, value) => (printed(value).endsWith(printed(suffix)) ? printed(value).slice(0, printed(value).length - printed(suffix).length) : value),
  replace: (from, to, value) => printed(value).replaceAll(printed(from), printed(to)),
  contains: (part, value) => printed(value).includes(printed(part)),
  hasPrefix: (prefix, value) => printed(value).startsWith(printed(prefix)),
  hasSuffix: (suffix, value) => printed(value).endsWith(printed(suffix)),
  trunc: (length, value) => (integer(length) < 0 ? printed(value).slice(integer(length)) : printed(value).slice(0, integer(length))),
  repeat: (times, value) => printed(value).repeat(integer(times)),
  indent: (depth, value) => indented(integer(depth), printed(value)),
  nindent: (depth, value) => `\n${indented(integer(depth), printed(value))}`,
  splitList: (separator, value) => printed(value).split(printed(separator)),
  join: (separator, list) => listOf(list).map(printed).join(printed(separator)),
  sha256sum: (value) => createHash('sha256').update(printed(value)).digest('hex'),
  toJson: (value) => JSON.stringify(value ?? null),
  fromJson: (value) => JSON.parse(printed(value)) as unknown,
};

const collections: TemplateFunctions = {
  len: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value ?? {}).length),
  index: (value, ...keys) => valueAt(value, keys.map(printed)),
  list: (...items) => items,
  first: (list) => listOf(list)[0],
  last: (list) => listOf(list).at(-1),
  append: (list, item) => [...listOf(list), item],
  concat: (...lists) => lists.flatMap(listOf),
  has: (item, list) => listOf(list).includes(item),
  dict: (...pairs) => Object.fromEntries(pairs.flatMap((key, i) => (i % 2 === 0 ? [[printed(key), pairs[i + 1] ?? '']] : []))),
  get: (map, key) => valueAt(map, [printed(key)]) ?? '',
  hasKey: (map, key) => valueAt(map, [printed(key)]) !== undefined,
  keys: (map) => Object.keys(map ?? {}),
  values: (map) => Object.values(map ?? {}) as unknown[],
};

export const commonFunctions: TemplateFunctions = { ...logic, ...numbers, ...texts, ...collections };

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const quoted = (value: unknown): string => JSON.stringify(value === undefined ? '' : printed(value));
const indented = (depth: number, text: string): string => text.split('\n').map((line) => ' '.repeat(depth) + line).join('\n');

/** What is no number counts as zero. */
function integer(value: unknown): number {
  return Math.trunc(Number(value)) || 0;
}

function divisor(value: unknown): number {
  const number = integer(value);
  if (number === 0) throw new TemplateError('division by zero');
  return number;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}
