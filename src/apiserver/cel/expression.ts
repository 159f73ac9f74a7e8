/**
 * CEL with Kubernetes' libraries, for rules of custom resources and for admission policies. An expression is checked as written; what
 * runs is the same with its loops metered and its regular expressions given to RE2, so that no rule can hold the server up.
 * Upstream: k8s.io/apiserver/pkg/cel/environment/base.go
 */
import { Environment, serialize, type ASTNode } from '@marcbachmann/cel-js';
import { charge } from './budget.ts';
import { addAddresses } from './libraries/addresses.ts';
import { addCollections } from './libraries/collections.ts';
import { addQuantities } from './libraries/quantities.ts';
import { addTexts } from './libraries/texts.ts';
import { addUrls } from './libraries/urls.ts';
import { addMath } from './libraries/math.ts';
import { addVersions } from './libraries/versions.ts';
import { withoutIndexedHas } from './indexed-has.ts';
import { addListTypes, mindingListTypes } from './list-types.ts';
import { addOptionalValues, withoutOptionalMacros } from './optional-values.ts';
import { call, isNode } from './syntax.ts';
import { addPairs, withoutTwoVariables } from './two-variables.ts';
import type { KnownNames } from './type-check.ts';

/** May throw: errors of the evaluation. */
export type Program = (context: Readonly<Record<string, unknown>>) => unknown;

export interface Compiled {
  readonly ast: ASTNode;
  /** What the checker makes of it: 'bool', 'dyn'... */
  readonly type: string;
  readonly run: Program;
}

/** An environment with variables of these types ('dyn': any). */
export function createEnvironment(variables: Readonly<Record<string, string>>): Environment {
  const base = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  const full = [addTexts, addCollections, addQuantities, addAddresses, addUrls, addVersions, addMath, addPairs, addOptionalValues, addListTypes].reduce((environment, add) => add(environment), base);
  full.registerFunction('k8tsLoop(dyn, int): dyn', loop);
  for (const [name, type] of Object.entries(variables)) full.registerVariable(name, type);
  return full;
}

/** A list or map about to be gone through, at so much an item. */
function loop(value: unknown, each: bigint): unknown {
  const size = Array.isArray(value) ? value.length : value instanceof Map ? value.size : typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  charge(1 + size * Number(each));
  return value;
}

export interface CompileOptions {
  /** Values may hold lists that are sets or maps (list-types.ts). */
  readonly listTypes?: boolean;
}

/** The expression as it is written, not checked yet. Throws an Error that says why the text is none. */
export const parse = (environment: Environment, text: string): ASTNode => environment.parse(text).ast;

/** The names that expressions of an environment may use. */
export function namesOf(environment: Environment): KnownNames {
  const functions = new Set(environment.getDefinitions().functions.map(({ name }) => name).filter((name) => !name.startsWith('k8ts')));
  return { isVariable: (name) => environment.hasVariable(name), isFunction: (name) => functions.has(name) };
}

/** Throws an Error that says why the text is no expression. */
export function compile(environment: Environment, text: string, { listTypes = false }: CompileOptions = {}): Compiled {
  const given = environment.parse(text);
  const plain = withoutIndexedHas(withoutOptionalMacros(withoutTwoVariables(given.ast)));
  const parsed = plain === given.ast ? given : environment.parse(written(plain));
  const { ast } = parsed;
  const metered = written(meter(listTypes ? mindingListTypes(ast) : ast));
  const checked = parsed.check();
  if (!checked.valid) throw checked.error ?? new Error('the expression is not valid');
  const run = environment.parse(metered);
  return { ast, type: String(checked.type), run: (context) => run(context) as unknown };
}

/** The library escapes what is beyond 16 bits by halves, which it does not read again. */
const written = (ast: unknown): string => serialize(withReadableNumbers(ast) as ASTNode).replace(/\\\\|\\ud[89ab]..\\ud[c-f]../gi, (escaped) => (escaped.length > 2 ? String(JSON.parse(`"${escaped}"`)) : escaped));

/** The library writes 1e30 as 1e+30.0, which it cannot read. */
function withReadableNumbers(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withReadableNumbers);
  if (!isNode(node) || node.op === 'id') return node;
  const { op, args } = node;
  if (op !== 'value') return { op, args: withReadableNumbers(args) };
  return typeof args === 'number' && String(args).includes('e+') ? call('double', { op, args: String(args) }) : node;
}

const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The expression with its loops charged for, and its own function for regular expressions. */
function meter(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meter);
  if (!isNode(node)) return node;
  const { op, args } = node;
  if (op === 'value' || op === 'id') return node;
  if (op !== 'rcall') return { op, args: meter(args) };
  const [name, receiver, given] = args as [string, unknown, readonly unknown[]];
  if (name === 'matches' && given.length === 1) return { op, args: ['k8tsMatches', meter(receiver), meter(given)] };
  if (!loops.has(name) || given.length < 2) return { op, args: [name, meter(receiver), meter(given)] };
  const each = { op: 'value', args: BigInt(given.reduce((sum: number, one) => sum + sizeOf(one), 3)) };
  return { op, args: [name, { op: 'call', args: ['k8tsLoop', [meter(receiver), each]] }, meter(given)] };
}

/** Nodes of an expression: about what one evaluation costs, its inner loops aside. */
function sizeOf(node: unknown): number {
  if (Array.isArray(node)) return (node as unknown[]).reduce((sum: number, one) => sum + sizeOf(one), 0);
  return isNode(node) ? 1 + sizeOf(node.args) : 0;
}
