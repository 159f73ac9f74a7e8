/**
 * Macros over two variables, an index or key and its value: all, exists, existsOne, transformList, transformMap, transformMapEntry.
 * They become macros over one variable, which goes through the pairs of a list or map.
 * Upstream: cel-go/ext/comprehensions.go
 */
import type { Environment } from '@marcbachmann/cel-js';
import { charge } from './budget.ts';
import { equalValues } from './libraries/values.ts';
import { bind, call, field, id, isNode, method, rewritten, type Node } from './syntax.ts';

const pair = 'k8tsPair';
const quantifiers: Readonly<Record<string, string>> = { all: 'all', exists: 'exists', existsOne: 'exists_one', exists_one: 'exists_one' };
const transformers: Readonly<Record<string, string | undefined>> = { transformList: undefined, transformMap: 'k8tsMapOf', transformMapEntry: 'k8tsMerged' };

/** The tree without such macros; the same tree where it has none. */
export const withoutTwoVariables = (ast: unknown): unknown => rewritten(ast, (node) => (node.op === 'rcall' ? oneVariableForm(node) : undefined));

function oneVariableForm({ args }: Node): Node | undefined {
  const [name, receiver, [first, second, ...rest]] = args as [string, unknown, readonly unknown[]];
  const [key, value] = [nameOf(first), nameOf(second)];
  if (key === undefined || value === undefined || rest.length === 0) return undefined;
  const pairs = call('k8tsPairs', receiver);
  const within = (body: unknown): Node => bind(key, field(id(pair), 'key'), bind(value, field(id(pair), 'value'), body));
  const quantifier = quantifiers[name];
  if (quantifier !== undefined) return rest.length === 1 ? method(pairs, quantifier, id(pair), within(rest[0])) : undefined;
  if (!(name in transformers) || rest.length > 2) return undefined;
  const source = rest.length === 2 ? method(pairs, 'filter', id(pair), within(rest[0])) : pairs;
  const transform = within(rest.at(-1));
  if (name === 'transformMap') return call('k8tsMapOf', method(source, 'map', id(pair), { op: 'list', args: [field(id(pair), 'key'), transform] }));
  const items = method(source, 'map', id(pair), transform);
  return name === 'transformList' ? items : call('k8tsMerged', items);
}

const nameOf = (node: unknown): string | undefined => (isNode(node) && node.op === 'id' ? (node.args as string) : undefined);

type Entry = readonly [key: unknown, value: unknown];

function entriesOf(value: unknown): Entry[] {
  if (Array.isArray(value)) return value.map((item, i) => [BigInt(i), item] as const);
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (typeof value === 'object' && value !== null) return Object.entries(value);
  throw new Error('no such overload');
}

function pairsOf(value: unknown): unknown[] {
  const entries = entriesOf(value);
  charge(1 + entries.length);
  return entries.map(([key, item]) => ({ key, value: item }));
}

/** Texts as keys make an object, as they do in literals. */
const mapOf = (entries: readonly Entry[]): unknown => (entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries as [string, unknown][]) : new Map(entries));

function merged(maps: readonly unknown[]): unknown {
  const entries: Entry[] = [];
  for (const entry of maps.flatMap(entriesOf)) {
    if (entries.some(([key]) => equalValues(key, entry[0]))) throw new Error(`insert failed: key ${String(entry[0])} already exists`);
    entries.push(entry);
  }
  return mapOf(entries);
}

export function addPairs(environment: Environment): Environment {
  return environment
    .registerFunction('k8tsPairs(dyn): list<dyn>', pairsOf)
    .registerFunction('k8tsMapOf(list<dyn>): dyn', (entries: readonly Entry[]) => mapOf(entries))
    .registerFunction('k8tsMerged(list<dyn>): dyn', merged);
}
