/** Runs a Go template: its text with the values of an object filled in. Upstream: text/template */
import { parseTemplate, TemplateError, type Command, type Operand, type Pipe, type TemplateNode } from './go-template-parser.ts';

export type TemplateFunction = (...args: unknown[]) => unknown;
export type TemplateFunctions = Readonly<Record<string, TemplateFunction>>;
export type Template = (root: unknown, functions: TemplateFunctions) => string;

/** Throws TemplateError, now for what cannot be read and later for what cannot be run. */
export function goTemplate(source: string): Template {
  const nodes = parseTemplate(source);
  return (root, functions) => new Run({ ...commonFunctions, ...functions }).render(nodes, { dot: root, variables: new Map([['', root]]) });
}

interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
}

class Run {
  readonly #functions: TemplateFunctions;

  constructor(functions: TemplateFunctions) {
    this.#functions = functions;
  }

  render(nodes: readonly TemplateNode[], scope: Scope): string {
    return nodes.map((node) => this.#node(node, scope)).join('');
  }

  #node(node: TemplateNode, scope: Scope): string {
    if (node.type === 'text') return node.text;
    const value = this.#pipe(node.pipe, scope);
    switch (node.type) {
      case 'value':
        return printed(value);
      case 'assign':
        scope.variables.set(node.name, value);
        return '';
      case 'if':
        return this.render(isTrue(value) ? node.body : node.otherwise, scope);
      case 'with':
        return isTrue(value) ? this.render(node.body, { ...scope, dot: value }) : this.render(node.otherwise, scope);
      case 'range': {
        const entries: [unknown, unknown][] = Array.isArray(value) ? [...value.entries()] : typeof value === 'object' && value !== null ? Object.entries(value).sort() : [];
        if (entries.length === 0) return this.render(node.otherwise, scope);
        return entries.map(([key, item]) => this.render(node.body, this.#inner(scope, node, key, item))).join('');
      }
    }
  }

  #inner({ variables }: Scope, { key: keyName, item: itemName }: { readonly key: string | undefined; readonly item: string | undefined }, key: unknown, item: unknown): Scope {
    const own = new Map(variables);
    if (keyName !== undefined) own.set(keyName, key);
    if (itemName !== undefined) own.set(itemName, item);
    return { dot: item, variables: own };
  }

  #pipe(pipe: Pipe, scope: Scope): unknown {
    let value: unknown;
    pipe.forEach((command, i) => (value = this.#command(command, scope, i === 0 ? [] : [value])));
    return value;
  }

  #command([first, ...rest]: Command, scope: Scope, last: readonly unknown[]): unknown {
    if (first === undefined) return undefined;
    if (first.type !== 'function') return this.#operand(first, scope);
    return this.#call(first.name, [...rest.map((operand) => this.#operand(operand, scope)), ...last]);
  }

  #call(name: string, args: readonly unknown[]): unknown {
    const called = Object.hasOwn(this.#functions, name) ? this.#functions[name] : undefined;
    if (!called) throw new TemplateError(`function "${name}" not defined`);
    return called(...args);
  }

  #operand(operand: Operand, scope: Scope): unknown {
    switch (operand.type) {
      case 'literal':
        return operand.value;
      case 'field':
        return valueAt(scope.dot, operand.path);
      case 'variable':
        return valueAt(scope.variables.get(operand.name), operand.path);
      case 'pipe':
        return valueAt(this.#pipe(operand.pipe, scope), operand.path);
      case 'function':
        return this.#call(operand.name, []);
    }
  }
}

function valueAt(from: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined), from);
}

/** Go's idea of truth: empty strings, lists and maps are false. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function printed(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

const commonFunctions: TemplateFunctions = {
  and: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
  eq: (value, ...others) => others.includes(value),
  ne: (a, b) => a !== b,
  lt: (a, b) => Number(a) < Number(b),
  gt: (a, b) => Number(a) > Number(b),
  len: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value ?? {}).length),
  index: (value, ...keys) => valueAt(value, keys.map(String)),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  printf: (format, ...args) => String(format).replace(/%[svdq]/g, (verb) => (verb === '%q' ? JSON.stringify(args.shift()) : printed(args.shift()))),
};
