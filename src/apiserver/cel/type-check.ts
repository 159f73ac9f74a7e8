/**
 * Types of an expression, found before it runs: the type of its result, and what cannot work whatever the values are. What is not known
 * for sure is dyn, which goes with everything, so that nothing is refused that upstream takes.
 * Upstream: cel-go/checker/checker.go, cel-go/parser/macro.go, cel-go/ext/comprehensions.go
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { isFitting } from './literals.ts';
import { placeOf } from './places.ts';
import { functionSignatures, methodSignatures, type Overload } from './signatures.ts';
import { dyn, isAssignable, listOf, mapOf, mostGeneral, optionalOf, simpleType, substituted, type Bindings, type CelType } from './value-types.ts';

export interface TypeProblem {
  readonly reason: string;
  /** The offset in the text that the problem is marked at. */
  readonly at: number;
}

export interface CheckedTypes {
  readonly type: CelType;
  /** In the order of their places. */
  readonly problems: readonly TypeProblem[];
}

type Scope = ReadonlyMap<string, CelType>;

/** The names that an expression may use beside its variables. */
export interface KnownNames {
  readonly isVariable: (name: string) => boolean;
  readonly isFunction: (name: string) => boolean;
}

/** `ast`: as it was parsed from `text`. */
export function checkTypes(ast: ASTNode, text: string, variables: Scope, names: KnownNames): CheckedTypes {
  const check = new TypeCheck(text, names);
  const type = check.typeOf(ast, variables);
  // Literals are looked at only where the types are right.
  const problems = check.problems.length > 0 ? check.problems : check.literals;
  return { type, problems: problems.sort((a, b) => a.at - b.at) };
}

const [bool, int, string] = [simpleType('bool'), simpleType('int'), simpleType('string')];
const namespaces: ReadonlySet<string> = new Set(['ip', 'format', 'sets', 'optional', 'math', 'cel']);

class TypeCheck {
  readonly problems: TypeProblem[] = [];
  readonly literals: TypeProblem[] = [];
  readonly #text: string;
  readonly #names: KnownNames;

  constructor(text: string, names: KnownNames) {
    this.#text = text;
    this.#names = names;
  }

  typeOf(node: ASTNode, scope: Scope): CelType {
    switch (node.op) {
      case 'value':
        return literalType(node.args);
      case 'id':
        return scope.get(node.args) ?? (this.#names.isVariable(node.args) ? dyn : this.#undeclared(node.args, node.range.start));
      case '.':
        return this.#field(this.typeOf(node.args[0], scope), node.args[1], placeOf(node, this.#text));
      case '.?': {
        const type = this.#field(this.typeOf(node.args[0], scope), node.args[1], placeOf(node, this.#text));
        return type.kind === 'optional_type' ? type : optionalOf(type);
      }
      case 'list':
        return listOf(this.#joined(node.args, scope));
      case 'map':
        return mapOf(this.#joined(node.args.map(([key]) => key), scope), this.#joined(node.args.map(([, value]) => value), scope));
      case 'call':
        return this.#call(node, node.args[0], node.args[1], scope);
      case 'rcall':
        return this.#method(node, scope);
      case '!_':
      case '-_':
        return this.#applied(node.op, [this.typeOf(node.args, scope)], node);
      default:
        return this.#applied(operatorNames[node.op] ?? `_${node.op}_`, node.args.map((one) => this.typeOf(one, scope)), node);
    }
  }

  #problem(reason: string, at: number): CelType {
    this.problems.push({ reason, at });
    return dyn;
  }

  #undeclared(name: string, at: number): CelType {
    return this.#problem(`undeclared reference to '${name}' (in container '')`, at);
  }

  #field(of: CelType, name: string, at: number): CelType {
    const [first = dyn, second = dyn] = of.parameters;
    switch (of.kind) {
      case 'optional_type': {
        const type = this.#field(first, name, at);
        return optionalOf(type);
      }
      case 'dyn':
        return dyn;
      case 'map':
        return second;
      case 'object':
        return of.field?.(name) ?? this.#problem(`undefined field '${name}'`, at);
      default:
        return this.#problem(`type '${of.name}' does not support field selection`, at);
    }
  }

  /** What the items of a literal have in common. */
  #joined(items: readonly ASTNode[], scope: Scope): CelType {
    let common: CelType | undefined;
    for (const item of items) {
      const type = this.typeOf(item, scope);
      if (common === undefined) common = type;
      else if (isAssignable(common, type)) common = mostGeneral(common, type);
      else common = this.#problem(`expected type '${common.name}' but found '${type.name}'`, placeOf(item, this.#text));
    }
    return common ?? dyn;
  }

  #call(node: ASTNode, name: string, given: readonly ASTNode[], scope: Scope): CelType {
    if (name === 'has' && given.length === 1) {
      for (const one of given) this.typeOf(one, scope);
      return bool;
    }
    if (name === 'duration' || name === 'timestamp') this.#literal(name, given[0]);
    return this.#applied(name, given.map((one) => this.typeOf(one, scope)), node);
  }

  #literal(name: string, given: ASTNode | undefined): void {
    if (given?.op === 'value' && typeof given.args === 'string' && !isFitting(name, given.args)) this.literals.push({ reason: `invalid ${name} argument`, at: given.range.start });
  }

  #method(node: ASTNode & { readonly op: 'rcall' }, scope: Scope): CelType {
    const [name, receiver, given] = node.args;
    if (receiver.op === 'id' && namespaces.has(receiver.args) && !scope.has(receiver.args)) {
      if (receiver.args === 'cel') return this.#bind(given, scope);
      return this.#applied(`${receiver.args}.${name}`, given.map((one) => this.typeOf(one, scope)), node);
    }
    const of = this.typeOf(receiver, scope);
    if (name === 'matches') this.#literal(name, given[0]);
    const loop = this.#loop(node, of, scope);
    if (loop !== undefined) return loop;
    const types = given.map((one) => (name === 'format' && one.op === 'list' ? this.#values(one.args, scope) : this.typeOf(one, scope)));
    return this.#resolved(name, methodSignatures().get(name), [of, ...types], { at: placeOf(node, this.#text), isMethod: true });
  }

  /** Values that need nothing in common. */
  #values(items: readonly ASTNode[], scope: Scope): CelType {
    for (const item of items) {
      if (item.op === 'list') this.#values(item.args, scope);
      else this.typeOf(item, scope);
    }
    return listOf(dyn);
  }

  /** cel.bind(name, value, body) */
  #bind(given: readonly ASTNode[], scope: Scope): CelType {
    const [variable, value, body] = given;
    if (variable?.op !== 'id' || value === undefined || body === undefined) return dyn;
    return this.typeOf(body, new Map([...scope, [variable.args, this.typeOf(value, scope)]]));
  }

  #applied(name: string, types: readonly CelType[], node: ASTNode): CelType {
    return this.#resolved(name, functionSignatures().get(name), types, { at: placeOf(node, this.#text), isMethod: false });
  }

  #resolved(name: string, overloads: readonly Overload[] | undefined, types: readonly CelType[], { at, isMethod }: { readonly at: number; readonly isMethod: boolean }): CelType {
    const plain = name.slice(name.indexOf('.') + 1);
    if (overloads === undefined && !this.#names.isFunction(plain)) return this.#undeclared(plain, at);
    const fitting = overloads?.filter(({ takes }) => takes.length === types.length) ?? [];
    if (fitting.length === 0) return dyn;
    const results = fitting.flatMap(({ takes, gives }) => {
      const bindings: Bindings = new Map();
      return types.every((type, i) => isAssignable(type, takes[i] ?? dyn, bindings)) ? [substituted(gives, bindings)] : [];
    });
    const [first] = results;
    if (first === undefined) return this.#mismatch(name, types, at, isMethod);
    return results.every((result) => result.name === first.name) ? first : dyn;
  }

  #mismatch(name: string, types: readonly CelType[], at: number, isMethod = false): CelType {
    const names = types.map((type) => type.name);
    const applied = isMethod ? `${names[0] ?? ''}.(${names.slice(1).join(', ')})` : `(${names.join(', ')})`;
    return this.#problem(`found no matching overload for '${name}' applied to '${applied}'`, at);
  }

  /** What a macro gives that goes through a list or a map, or looks into an optional value; undefined for other methods. */
  #loop(node: ASTNode & { readonly op: 'rcall' }, of: CelType, scope: Scope): CelType | undefined {
    const [name, receiver, given] = node.args;
    const names = given.flatMap((one, i) => (one.op === 'id' && i < 2 ? [one.args] : []));
    const [variable, second] = names;
    if (given[0]?.op !== 'id' || variable === undefined) return undefined;
    if (name === 'optMap' || name === 'optFlatMap') {
      const type = this.#body(given.slice(1), new Map([...scope, [variable, (of.kind === 'optional_type' ? of.parameters[0] : undefined) ?? dyn]]));
      return name === 'optMap' ? optionalOf(type) : type;
    }
    const rounds = variablesOf[name]?.(given.length);
    if (rounds === undefined) return undefined;
    const [key, item] = this.#range(of, receiver);
    const isList = of.kind === 'list';
    if (rounds === 1) {
      const inner = new Map([...scope, [variable, isList ? item : key]]);
      return this.#result(node, given.slice(1), inner, { item: isList ? item : key, key });
    }
    if (second === undefined || given[1]?.op !== 'id') return undefined;
    return this.#result(node, given.slice(2), new Map([...scope, [variable, key], [second, item]]), { item, key });
  }

  #body(parts: readonly ASTNode[], scope: Scope): CelType {
    return parts.map((part) => this.typeOf(part, scope)).at(-1) ?? dyn;
  }

  /** Keys and values of what is gone through. */
  #range(of: CelType, node: ASTNode): readonly [CelType, CelType] {
    const [first = dyn, second = dyn] = of.parameters;
    if (of.kind === 'list') return [int, first];
    if (of.kind === 'map') return [first, second];
    if (of.kind !== 'dyn') this.#problem(`expression of type '${of.name}' cannot be range of a comprehension (must be list, map, or dynamic)`, placeOf(node, this.#text));
    return [dyn, dyn];
  }

  #result(node: ASTNode & { readonly op: 'rcall' }, parts: readonly ASTNode[], scope: Scope, { item, key }: { readonly item: CelType; readonly key: CelType }): CelType {
    const [name] = node.args;
    const at = placeOf(node, this.#text);
    const types = parts.map((part) => this.typeOf(part, scope));
    const last = types.at(-1) ?? dyn;
    const isBool = ({ kind }: CelType): boolean => kind === 'bool' || kind === 'dyn';
    switch (name) {
      case 'all':
        if (!isBool(last)) this.#mismatch('_&&_', [bool, last], at);
        return bool;
      case 'exists':
        if (!isBool(last)) this.#mismatch('_||_', [bool, last], at);
        return bool;
      case 'exists_one':
      case 'existsOne':
        if (!isBool(last)) this.#mismatch('_?_:_', [last, int, int], at);
        return bool;
      case 'filter':
        if (!isBool(last)) this.#mismatch('_?_:_', [last, listOf(item), listOf(item)], at);
        return listOf(item);
    }
    const made = name === 'transformMap' ? mapOf(key, last) : name === 'transformMapEntry' ? last : listOf(last);
    const [condition] = types;
    if (types.length === 2 && condition !== undefined && !isBool(condition)) this.#mismatch('_?_:_', [condition, made, made], at);
    return made;
  }
}

const operatorNames: Readonly<Record<string, string>> = { '?:': '_?_:_', in: '@in', '[]': '_[_]', '[?]': '_[?_]' };

const oneOrTwo = (given: number): number | undefined => (given === 2 ? 1 : given === 3 ? 2 : undefined);
const two = (given: number): number | undefined => (given === 3 || given === 4 ? 2 : undefined);

/** How many variables a macro has that is given so much; undefined where it is no macro then. */
const variablesOf: Readonly<Record<string, ((given: number) => number | undefined) | undefined>> = {
  all: oneOrTwo,
  exists: oneOrTwo,
  existsOne: oneOrTwo,
  exists_one: oneOrTwo,
  filter: (given) => (given === 2 ? 1 : undefined),
  map: (given) => (given === 2 || given === 3 ? 1 : undefined),
  transformList: two,
  transformMap: two,
  transformMapEntry: two,
};

function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'string':
      return string;
    case 'bigint':
      return int;
    case 'number':
      return simpleType('double');
    case 'boolean':
      return bool;
    default:
      return simpleType(value === null ? 'null' : value instanceof Uint8Array ? 'bytes' : 'uint');
  }
}
