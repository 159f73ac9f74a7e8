/**
 * Lists that are sets or maps by their schema (x-kubernetes-list-type): in rules, order does not count when they are compared, and
 * `+` adds to a set what it lacks and to a map what it lacks or has otherwise.
 * Upstream: k8s.io/apiserver/pkg/cel/common/values.go
 */
import type { Environment } from '@marcbachmann/cel-js';
import { charge } from './budget.ts';
import { equalValues } from './libraries/values.ts';
import { bind, call, id, rewritten, type Node } from './syntax.ts';

type List = readonly unknown[];
/** The fields by which items of a map are told apart; 'set': whole items are. */
export type ListType = 'set' | readonly string[];

const typed = new WeakMap<List, ListType>();

/** Says of which type a list is, from now on. */
export function markList<T extends List>(list: T, type: ListType): T {
  typed.set(list, type);
  return list;
}

const [left, right] = ['k8tsLeft', 'k8tsRight'];
const helpers: Readonly<Record<string, string>> = { '==': 'k8tsSame', '!=': 'k8tsDiffer', '+': 'k8tsJoined' };

/** The expression with its `==`, `!=` and `+` minding the types of lists. */
export function mindingListTypes(ast: unknown): unknown {
  return rewritten(ast, ({ op, args }): Node | undefined => {
    const helper = helpers[op];
    if (helper === undefined) return undefined;
    const [a, b] = args as readonly [unknown, unknown];
    const operands = [id(left), id(right)];
    const choice: Node = { op: '?:', args: [call('k8tsTyped', ...operands), call(helper, ...operands), { op, args: operands }] };
    return bind(left, a, bind(right, b, choice));
  });
}

/** Whether a value is, or holds, a list of a type. */
function isTyped(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return typed.has(value) || value.some(isTyped);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype && Object.values(value).some(isTyped);
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return sameLists(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Object.getPrototypeOf(a) !== Object.prototype) return equalValues(a, b);
  const [fields, others] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return fields.length === Object.keys(others).length && fields.every(([name, value]) => Object.hasOwn(others, name) && same(value, others[name]));
}

function sameLists(a: List, b: List): boolean {
  charge(1 + a.length + b.length);
  if (a.length !== b.length) return false;
  const type = typed.get(a);
  if (type === undefined) return a.every((item, i) => same(item, b[i]));
  const known = byKey(a, type);
  return b.every((item) => known.has(keyOf(item, type)) && same(known.get(keyOf(item, type)), item));
}

/** What is on the right comes in the place of what it is called on the left, or at the end. */
function joined(a: unknown, b: unknown): unknown {
  if (!Array.isArray(a) || !Array.isArray(b)) throw new Error('no such overload');
  charge(1 + a.length + b.length);
  const type = typed.get(a);
  if (type === undefined) return [...(a as List), ...(b as List)];
  return markList([...new Map([...byKey(a, type), ...byKey(b, type)]).values()], type);
}

const byKey = (list: List, type: ListType): Map<string, unknown> => new Map(list.map((item) => [keyOf(item, type), item]));

const keyOf = (item: unknown, type: ListType): string => textOf(type === 'set' ? item : type.map((name) => (item as Readonly<Record<string, unknown>> | null)?.[name]));

/** Equal values have equal texts. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${textOf(field)}`).sort().join(',')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

export function addListTypes(environment: Environment): Environment {
  return environment
    .registerFunction('k8tsTyped(dyn, dyn): bool', (a: unknown, b: unknown) => isTyped(a) || isTyped(b))
    .registerFunction('k8tsSame(dyn, dyn): bool', same)
    .registerFunction('k8tsDiffer(dyn, dyn): bool', (a: unknown, b: unknown) => !same(a, b))
    .registerFunction('k8tsJoined(dyn, dyn): dyn', joined);
}
