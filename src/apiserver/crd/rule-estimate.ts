/**
 * What a rule may cost at worst, told from its schema before any object is seen.
 * The figures follow cel-go's; where its estimate knows more than a walk over the expression can, this one is an approximation.
 * Upstream: cel-go/checker/cost.go, k8s.io/apiserver/pkg/cel/library/cost.go
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { asSchema, escapedName } from './cel-values.ts';
import { maxRequestBytes, mostElements } from './schema-sizes.ts';

/** What is known of a value: its schema, if any, and how many elements or bytes it may have. */
interface Shape {
  readonly props: JSONSchemaProps | undefined;
  readonly size: number;
}

interface Estimate extends Shape {
  readonly cost: number;
}

type Variables = ReadonlyMap<string, Shape>;

const perByte = 0.1;
const perPatternByte = 0.25;
const listCost = 10;
const mapCost = 30;
const unknown: Shape = { props: undefined, size: maxRequestBytes };
const scalar: Shape = { props: undefined, size: 1 };

const shapeOf = (props: JSONSchemaProps | undefined): Shape => ({ props, size: mostElements(props) });

/** The worst cost of one evaluation. */
export function estimateCost(ast: ASTNode, self: JSONSchemaProps, oldSelfIsOptional: boolean): number {
  const shape = shapeOf(self);
  return estimate(ast, new Map([['self', shape], ['oldSelf', oldSelfIsOptional ? unknown : shape]])).cost;
}

function estimate(node: ASTNode, variables: Variables): Estimate {
  switch (node.op) {
    case 'value':
      return { ...scalar, size: typeof node.args === 'string' ? node.args.length : 1, cost: 0 };
    case 'id':
      return { ...(variables.get(node.args) ?? unknown), cost: 1 };
    case '.':
    case '.?':
      return select(node.args[0], node.args[1], variables);
    case '[]':
    case '[?]': {
      const [of, at] = node.args.map((one) => estimate(one, variables)) as [Estimate, Estimate];
      return { ...elementOf(of), cost: of.cost + at.cost + 1 };
    }
    case 'list': {
      const items = node.args.map((one) => estimate(one, variables));
      return { props: undefined, size: items.length, cost: items.reduce((sum, { cost }) => sum + cost, listCost) };
    }
    case 'map': {
      const parts = node.args.flat().map((one) => estimate(one, variables));
      return { props: undefined, size: parts.length / 2, cost: parts.reduce((sum, { cost }) => sum + cost, mapCost) };
    }
    case '?:': {
      const [condition, yes, no] = node.args.map((one) => estimate(one, variables)) as [Estimate, Estimate, Estimate];
      return { props: yes.props ?? no.props, size: Math.max(yes.size, no.size), cost: condition.cost + Math.max(yes.cost, no.cost) };
    }
    case 'call':
      return call(node.args[0], node.args[1].map((one) => estimate(one, variables)));
    case 'rcall':
      return method(node.args[0], node.args[1], node.args[2], variables);
    case '!_':
    case '-_': {
      const operand = estimate(node.args, variables);
      return { ...scalar, cost: operand.cost + 1 };
    }
    default: {
      const [left, right] = node.args.map((one) => estimate(one, variables)) as [Estimate, Estimate];
      return binary(node.op, left, right);
    }
  }
}

function select(operand: ASTNode, name: string, variables: Variables): Estimate {
  const of = estimate(operand, variables);
  return { ...fieldOf(of.props, name), cost: of.cost + 1 };
}

function fieldOf(props: JSONSchemaProps | undefined, name: string): Shape {
  if (props?.type !== 'object' || props['x-kubernetes-embedded-resource']) return unknown;
  const values = asSchema(props.additionalProperties);
  if (values) return shapeOf(values);
  const own = Object.entries(props.properties ?? {}).find(([field]) => escapedName(field) === name);
  return own ? shapeOf(own[1]) : unknown;
}

/** What `[]` gives and a loop goes through. */
function elementOf({ props }: Shape): Shape {
  if (props?.type === 'array') return shapeOf(asSchema(props.items));
  if (props?.type === 'object' && asSchema(props.additionalProperties)) return shapeOf(asSchema(props.additionalProperties));
  return unknown;
}

function binary(op: string, left: Estimate, right: Estimate): Estimate {
  const operands = left.cost + right.cost;
  const isLong = (shape: Shape): boolean => shape.props?.type === 'string' || (shape.props === undefined && shape.size > 1);
  switch (op) {
    case '||':
    case '&&':
      return { ...scalar, cost: operands };
    case 'in':
      return { ...scalar, cost: operands + right.size };
    case '+':
      if (left.props?.type === 'array' || right.props?.type === 'array') return { props: left.props, size: left.size + right.size, cost: operands + 1 };
      return isLong(left) || isLong(right) ? { ...scalar, size: left.size + right.size, cost: operands + Math.ceil((left.size + right.size) * perByte) } : { ...scalar, cost: operands + 1 };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { ...scalar, cost: operands + Math.max(1, Math.ceil(Math.min(left.size, right.size) * perByte)) };
    default:
      return { ...scalar, cost: operands + 1 };
  }
}

const traversals: ReadonlySet<string> = new Set(['url', 'isURL', 'quantity', 'isQuantity', 'ip', 'isIP', 'cidr', 'isCIDR', 'semver', 'isSemver', 'timestamp', 'duration', 'string', 'bytes']);

function call(name: string, given: readonly Estimate[]): Estimate {
  const cost = given.reduce((sum, one) => sum + one.cost, 1);
  const [first = { ...scalar, cost: 0 }] = given;
  // What macros over two variables go through.
  if (name === 'k8tsPairs') return { props: { type: 'array', items: { type: 'object', properties: { key: {}, value: elementOf(first).props ?? {} } } } as JSONSchemaProps, size: first.size, cost: cost + first.size };
  if (name === 'has') return { ...scalar, cost: cost - 1 };
  if (traversals.has(name)) return { ...scalar, size: first.size, cost: cost + Math.ceil(first.size * perByte) };
  return name === 'dyn' ? { ...first, cost } : { ...scalar, cost };
}

/** What each round of a loop costs beside its expressions. */
const loopCosts: Readonly<Record<string, number>> = { all: 3, exists: 4, exists_one: 2, map: 12, filter: 13 };

function method(name: string, receiver: ASTNode, given: readonly ASTNode[], variables: Variables): Estimate {
  const of = estimate(receiver, variables);
  const [variable] = given;
  if (name in loopCosts && variable?.op === 'id' && given.length >= 2) return loop(name, of, variable.args, given.slice(1), variables);
  if (name === 'bind' && variable?.op === 'id' && given.length === 3) {
    const value = estimate(given[1] as ASTNode, variables);
    const body = estimate(given[2] as ASTNode, new Map([...variables, [variable.args, value]]));
    return { ...body, cost: value.cost + body.cost + 1 };
  }
  const parts = given.map((one) => estimate(one, variables));
  const cost = parts.reduce((sum, part) => sum + part.cost, of.cost);
  return { ...resultOf(name, of, parts), cost: cost + methodCost(name, of, parts) };
}

function loop(name: string, of: Estimate, variable: string, body: readonly ASTNode[], variables: Variables): Estimate {
  const isMap = of.props?.type === 'object';
  const item = isMap ? { props: { type: 'string' } as JSONSchemaProps, size: mostElements({ type: 'string' }) } : elementOf(of);
  const inner = new Map([...variables, [variable, item]]);
  const parts = body.map((one) => estimate(one, inner));
  const each = parts.reduce((sum, part) => sum + part.cost, loopCosts[name] ?? 0);
  const result: Shape = name === 'map' ? { props: { type: 'array', ...(parts.at(-1)?.props ? { items: parts.at(-1)?.props as never } : {}) } as JSONSchemaProps, size: of.size } : name === 'filter' ? of : scalar;
  return { ...result, cost: of.cost + each * of.size + 1 };
}

function methodCost(name: string, of: Shape, parts: readonly Shape[]): number {
  const argument = parts[0]?.size ?? 1;
  switch (name) {
    case 'startsWith':
    case 'endsWith':
      return Math.ceil(argument * perByte);
    case 'contains':
      return Math.ceil(of.size * perByte) * Math.ceil(argument * perByte);
    case 'matches':
    case 'find':
    case 'findAll':
      return Math.ceil((of.size + 1) * perByte) * Math.ceil(argument * perPatternByte);
    case 'isSorted':
    case 'sum':
    case 'min':
    case 'max':
    case 'indexOf':
    case 'lastIndexOf':
      return of.props?.type === 'array' ? of.size : Math.ceil(of.size * perByte);
    case 'lowerAscii':
    case 'upperAscii':
    case 'replace':
    case 'split':
    case 'substring':
    case 'trim':
    case 'join':
    case 'format':
      return Math.ceil(of.size * perByte);
    default:
      return 1;
  }
}

function resultOf(name: string, of: Shape, parts: readonly Shape[]): Shape {
  if (name === 'orValue' || name === 'value' || name === 'distinct' || name === 'sort' || name === 'reverse') return of;
  if (name === 'find' || name === 'lowerAscii' || name === 'upperAscii' || name === 'substring' || name === 'trim') return { props: { type: 'string' }, size: of.size };
  if (name === 'replace') return { props: { type: 'string' }, size: of.size * Math.max(1, parts[1]?.size ?? 1) };
  if (name === 'split' || name === 'findAll') return { props: { type: 'array', items: { type: 'string' } as never }, size: of.size };
  if (name === 'min' || name === 'max') return elementOf(of);
  return scalar;
}
