/**
 * Reads the part of jq's language that asks questions: paths, pipes, commas, alternatives (//), and, or, comparisons, arithmetic,
 * literals, lists, if, and the functions of jq-functions.ts. What makes objects, variables and definitions is left out.
 * Upstream: https://jqlang.org/manual
 */
import { calculate, compareValues, filterFunctions, isTruthy, items, JqError, member, plainFunctions, valueFunctions, type Filter } from './jq-functions.ts';

export class JqSyntaxError extends Error {}

const token = /\s*(?:("(?:\\.|[^"\\])*")|(\d+(?:\.\d+)?)|(\.[A-Za-z_]\w*)|(\.\.)|([A-Za-z_]\w*)|(\/\/|==|!=|<=|>=|[.()[\]|,<>+\-*/%?;]))/y;

/** Throws JqSyntaxError. The filter throws JqError for values that it cannot be asked of. */
export function parseJq(text: string): Filter {
  const tokens: string[] = [];
  for (token.lastIndex = 0; text.slice(token.lastIndex).trim() !== ''; ) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new JqSyntaxError(`unexpected ${text.slice(at).trim()}`);
    tokens.push(match[0].trim());
  }
  return new Parser(tokens).whole();
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Filter {
    const filter = this.#pipe();
    if (this.#peek !== undefined) throw new JqSyntaxError(`unexpected ${this.#peek}`);
    return filter;
  }

  get #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(wanted: string): boolean {
    if (this.#peek !== wanted) return false;
    this.#at++;
    return true;
  }

  #expect(wanted: string): void {
    if (!this.#take(wanted)) throw new JqSyntaxError(`${wanted} is missing`);
  }

  #pipe(): Filter {
    const left = this.#comma();
    if (!this.#take('|')) return left;
    const right = this.#pipe();
    return (input) => left(input).flatMap((value) => right(value));
  }

  #comma(): Filter {
    const parts = [this.#alternative()];
    while (this.#take(',')) parts.push(this.#alternative());
    return parts.length === 1 && parts[0] ? parts[0] : (input) => parts.flatMap((part) => part(input));
  }

  #alternative(): Filter {
    const left = this.#or();
    if (!this.#take('//')) return left;
    const right = this.#alternative();
    return (input) => {
      const good = quietly(left)(input).filter(isTruthy);
      return good.length > 0 ? good : right(input);
    };
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#take('or')) left = each(left, this.#and(), (a, b) => isTruthy(a) || isTruthy(b));
    return left;
  }

  #and(): Filter {
    let left = this.#comparison();
    while (this.#take('and')) left = each(left, this.#comparison(), (a, b) => isTruthy(a) && isTruthy(b));
    return left;
  }

  #comparison(): Filter {
    const left = this.#sum();
    const holds = comparisons[this.#peek ?? ''];
    if (!holds) return left;
    this.#at++;
    return each(left, this.#sum(), (a, b) => holds(compareValues(a, b)));
  }

  #sum(): Filter {
    let left = this.#product();
    for (let operator = this.#peek; operator === '+' || operator === '-'; operator = this.#peek) left = this.#calculated(left, operator, () => this.#product());
    return left;
  }

  #product(): Filter {
    let left = this.#postfix();
    for (let operator = this.#peek; operator === '*' || operator === '/' || operator === '%'; operator = this.#peek) left = this.#calculated(left, operator, () => this.#postfix());
    return left;
  }

  #calculated(left: Filter, operator: string, operand: () => Filter): Filter {
    this.#at++;
    return each(left, operand(), (a, b) => calculate(operator, a, b));
  }

  #postfix(): Filter {
    let filter = this.#term();
    for (;;) {
      const next = this.#peek;
      if (next?.startsWith('.') && next.length > 1 && next !== '..') {
        this.#at++;
        filter = then(filter, (value) => [member(value, next.slice(1))]);
      } else if (next === '[') filter = this.#bracket(filter);
      else if (next === '.') {
        this.#at++;
        filter = this.#peek === '[' ? this.#bracket(filter) : this.#quotedMember(filter);
      } else if (this.#take('?')) filter = quietly(filter);
      else return filter;
    }
  }

  #quotedMember(filter: Filter): Filter {
    const key = this.#peek;
    if (!key?.startsWith('"')) throw new JqSyntaxError('a field is missing');
    this.#at++;
    return then(filter, (value) => [member(value, textOf(key))]);
  }

  /** '[]' or '[key]', after what it is applied to. */
  #bracket(filter: Filter): Filter {
    this.#expect('[');
    if (this.#take(']')) return then(filter, items);
    const key = this.#pipe();
    this.#expect(']');
    return (input) => key(input).flatMap((value) => filter(input).map((object) => member(object, value)));
  }

  #term(): Filter {
    const next = this.#peek;
    if (next === undefined) throw new JqSyntaxError('something is missing at the end');
    this.#at++;
    if (next === '.') return this.#peek?.startsWith('"') ? this.#quotedMember((input) => [input]) : (input) => [input];
    if (next === '..') return recursively;
    if (next.startsWith('.')) return (input) => [member(input, next.slice(1))];
    if (next === '-') return each((_) => [0], this.#postfix(), (a, b) => calculate('-', a, b));
    if (next === '(') return this.#closed(')');
    if (next === '[') {
      if (this.#take(']')) return () => [[]];
      const inner = this.#closed(']');
      return (input) => [[...inner(input)]];
    }
    if (next.startsWith('"')) return constant(textOf(next));
    if (/^\d/.test(next)) return constant(Number(next));
    if (Object.hasOwn(words, next)) return constant(words[next]);
    if (next === 'if') return this.#choice();
    return this.#call(next);
  }

  #closed(end: string): Filter {
    const inner = this.#pipe();
    this.#expect(end);
    return inner;
  }

  #choice(): Filter {
    const condition = this.#pipe();
    this.#expect('then');
    const yes = this.#pipe();
    let no: Filter = (input) => [input];
    if (this.#take('elif')) no = this.#choice();
    else {
      if (this.#take('else')) no = this.#pipe();
      this.#expect('end');
    }
    return (input) => condition(input).flatMap((holds) => (isTruthy(holds) ? yes(input) : no(input)));
  }

  #call(name: string): Filter {
    if (!/^[A-Za-z_]/.test(name)) throw new JqSyntaxError(`unexpected ${name}`);
    if (!this.#take('(')) {
      if (name === 'empty') return () => [];
      const plain = ownOf(plainFunctions, name);
      if (plain) return (input) => [plain(input)];
      throw new JqSyntaxError(`function not defined: ${name}/0`);
    }
    const argument = this.#closed(')');
    const ofFilter = ownOf(filterFunctions, name);
    if (ofFilter) return (input) => ofFilter(input, argument);
    const ofValue = ownOf(valueFunctions, name);
    if (ofValue) return (input) => argument(input).map((value) => ofValue(input, value));
    throw new JqSyntaxError(`function not defined: ${name}/1`);
  }
}

const ownOf = <V>(table: Readonly<Record<string, V>>, name: string): V | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);
const constant = (value: unknown): Filter => () => [value];
const then = (first: Filter, second: Filter): Filter => (input) => first(input).flatMap((value) => second(value));
const each = (left: Filter, right: Filter, combine: (a: unknown, b: unknown) => unknown): Filter => (input) => right(input).flatMap((b) => left(input).map((a) => combine(a, b)));
const recursively: Filter = (input) => [input, ...(typeof input === 'object' && input !== null ? items(input).flatMap(recursively) : [])];

function quietly(filter: Filter): Filter {
  return (input) => {
    try {
      return filter(input);
    } catch (error) {
      if (error instanceof JqError) return [];
      throw error;
    }
  };
}

function textOf(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw new JqSyntaxError(`no string: ${literal}`);
  }
}
