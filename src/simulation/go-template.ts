/** Runs a Go template: its text with the values of an object filled in. Upstream: text/template */
import { parseTemplate, TemplateError, type Command, type Operand, type Pipe, type TemplateNode } from './go-template-parser.ts';
import { commonFunctions } from './common-functions.ts';
import { isTrue, printed, valueAt, type TemplateFunctions } from './template-values.ts';

export type { TemplateFunction, TemplateFunctions } from './template-values.ts';
export type Template = (root: unknown, functions: TemplateFunctions) => string;

/** Throws TemplateError, now for what cannot be read and later for what cannot be run. */
export function goTemplate(source: string): Template {
  const nodes = parseTemplate(source);
  const defined = new Map(nodes.flatMap((node) => (node.type === 'define' ? [[node.name, node.body] as const] : [])));
  return (root, functions) => new Run({ ...commonFunctions, ...functions }, defined).start(nodes, root);
}

/** Variables are seen in the body that declares them, and in those inside it. */
class Scope {
  readonly dot: unknown;
  readonly #outer: Scope | undefined;
  readonly #own = new Map<string, unknown>();

  constructor(dot: unknown, outer?: Scope) {
    this.dot = dot;
    this.#outer = outer;
  }

  get(name: string): unknown {
    return this.#own.has(name) ? this.#own.get(name) : this.#outer?.get(name);
  }

  declare(name: string, value: unknown): this {
    this.#own.set(name, value);
    return this;
  }

  assign(name: string, value: unknown): void {
    if (this.#own.has(name)) this.#own.set(name, value);
    else if (this.#outer) this.#outer.assign(name, value);
    else throw new TemplateError(`undefined variable "$${name}"`);
  }
}

/** What a body ended with. */
type Ending = 'break' | 'continue' | undefined;

/** Templates that call themselves end here. */
const deepest = 1000;

class Run {
  readonly #functions: TemplateFunctions;
  readonly #defined: ReadonlyMap<string, readonly TemplateNode[]>;
  #text = '';
  #depth = 0;

  constructor(functions: TemplateFunctions, defined: ReadonlyMap<string, readonly TemplateNode[]>) {
    this.#functions = functions;
    this.#defined = defined;
  }

  start(nodes: readonly TemplateNode[], root: unknown): string {
    this.#body(nodes, new Scope(root).declare('', root));
    return this.#text;
  }

  #body(nodes: readonly TemplateNode[], scope: Scope): Ending {
    for (const node of nodes) {
      const ending = this.#node(node, scope);
      if (ending) return ending;
    }
    return undefined;
  }

  #node(node: TemplateNode, scope: Scope): Ending {
    switch (node.type) {
      case 'text':
        this.#text += node.text;
        return undefined;
      case 'value':
        this.#text += printed(this.#pipe(node.pipe, scope));
        return undefined;
      case 'assign':
        if (node.declares) scope.declare(node.name, this.#pipe(node.pipe, scope));
        else scope.assign(node.name, this.#pipe(node.pipe, scope));
        return undefined;
      case 'if':
        return this.#body(isTrue(this.#pipe(node.pipe, scope)) ? node.body : node.otherwise, new Scope(scope.dot, scope));
      case 'with': {
        const value = this.#pipe(node.pipe, scope);
        return isTrue(value) ? this.#body(node.body, new Scope(value, scope)) : this.#body(node.otherwise, new Scope(scope.dot, scope));
      }
      case 'range':
        return this.#range(node, scope);
      case 'template':
        this.#call(node, scope);
        return undefined;
      case 'define':
        return undefined;
      case 'break':
      case 'continue':
        return node.type;
    }
  }

  #range(node: Extract<TemplateNode, { readonly type: 'range' }>, scope: Scope): Ending {
    const entries = entriesOf(this.#pipe(node.pipe, scope));
    if (entries.length === 0) return this.#body(node.otherwise, new Scope(scope.dot, scope));
    for (const [key, item] of entries) {
      const inner = new Scope(item, scope);
      if (node.key !== undefined) inner.declare(node.key, key);
      if (node.item !== undefined) inner.declare(node.item, item);
      if (this.#body(node.body, inner) === 'break') break;
    }
    return undefined;
  }

  /** A template that was defined sees its argument and nothing else. */
  #call({ name, pipe }: Extract<TemplateNode, { readonly type: 'template' }>, scope: Scope): void {
    const body = this.#defined.get(name);
    if (!body) throw new TemplateError(`template "${name}" not defined`);
    if (++this.#depth > deepest) throw new TemplateError('exceeded maximum template depth');
    const dot = pipe && this.#pipe(pipe, scope);
    this.#body(body, new Scope(dot).declare('', dot));
    this.#depth--;
  }

  #pipe(pipe: Pipe, scope: Scope): unknown {
    let value: unknown;
    pipe.forEach((command, i) => (value = this.#command(command, scope, i === 0 ? [] : [value])));
    return value;
  }

  #command([first, ...rest]: Command, scope: Scope, last: readonly unknown[]): unknown {
    if (first === undefined) return undefined;
    if (first.type !== 'function') return this.#operand(first, scope);
    return this.#apply(first.name, [...rest.map((operand) => this.#operand(operand, scope)), ...last]);
  }

  #apply(name: string, args: readonly unknown[]): unknown {
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
        return valueAt(scope.get(operand.name), operand.path);
      case 'pipe':
        return valueAt(this.#pipe(operand.pipe, scope), operand.path);
      case 'function':
        return this.#apply(operand.name, []);
    }
  }
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === 'number') return Array.from({ length: Math.max(0, value) }, (_, i) => [i, i] as const);
  return typeof value === 'object' && value !== null ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
}
