/**
 * Label selectors in both forms: the text of a query ('app=web,tier in (a,b),!legacy') and the LabelSelector of an object.
 * Upstream: k8s.io/apimachinery/pkg/labels
 */
import { checkLabelValue, checkQualifiedName } from './names.ts';
import { lexSelector, type SelectorToken } from './selector-tokens.ts';

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** The LabelSelector of an object's spec. */
export interface LabelSelectorObject {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[] | undefined;
}

/** A selector that cannot be understood; API handlers answer 400 with the message. */
export class SelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorError';
  }
}

/** All requirements must hold. */
export class LabelSelector {
  static readonly everything = new LabelSelector([]);
  static readonly nothing = new LabelSelector([], true);
  /** Sorted by key. Empty: matches everything, unless `matchesNothing`. */
  readonly requirements: readonly LabelRequirement[];
  readonly matchesNothing: boolean;

  constructor(requirements: readonly LabelRequirement[], matchesNothing = false) {
    this.requirements = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    this.matchesNothing = matchesNothing;
  }

  get isEverything(): boolean {
    return this.requirements.length === 0 && !this.matchesNothing;
  }

  matches(labels: Labels | undefined): boolean {
    if (this.matchesNothing) return false;
    for (const requirement of this.requirements) if (!holds(requirement, labels)) return false;
    return true;
  }

  /** The text form, as a query parameter takes it. */
  toString(): string {
    return this.requirements.map(textOf).join(',');
  }
}

function holds({ key, operator, values }: LabelRequirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'gt':
    case 'lt':
      return value !== undefined && compareIntegers(value, values[0] ?? '', operator);
  }
}

const integerForm = /^[+-]?\d{1,19}$/;

function compareIntegers(value: string, bound: string, operator: 'gt' | 'lt'): boolean {
  if (!integerForm.test(value) || !integerForm.test(bound)) return false;
  return operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

function textOf({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`;
    case 'gt':
      return `${key}>${values[0] ?? ''}`;
    case 'lt':
      return `${key}<${values[0] ?? ''}`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}

/** A checked requirement. Throws SelectorError. */
export function labelRequirement(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const complaints = keyComplaints(key);
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    complaints.push("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
  }
  if (operator === 'gt' || operator === 'lt') {
    if (values.length !== 1) complaints.push(`values: Invalid value: ${JSON.stringify(values)}: for 'Gt', 'Lt' operators, exactly one value is required`);
    values.forEach((value, i) => {
      if (!integerForm.test(value)) complaints.push(`values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    });
  }
  values.forEach((value, i) => {
    const errors = checkLabelValue(value);
    if (errors.length > 0) complaints.push(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`);
  });
  if (complaints.length > 0) throw new SelectorError(complaints.length === 1 ? (complaints[0] ?? '') : `[${complaints.join(', ')}]`);
  return { key, operator, values };
}

function keyComplaints(key: string): string[] {
  const errors = checkQualifiedName(key);
  return errors.length > 0 ? [`key: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`] : [];
}

/** The selector of a set of labels: each must be there with its value. */
export function selectLabels(labels: Labels): LabelSelector {
  return new LabelSelector(Object.entries(labels).map(([key, value]) => ({ key, operator: '=' as const, values: [value] })));
}

const objectOperators: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/** The selector of an object's field. Absent selects nothing, empty selects everything. Throws SelectorError. */
export function selectorOf(object: LabelSelectorObject | null | undefined): LabelSelector {
  if (object === null || object === undefined) return LabelSelector.nothing;
  const requirements = Object.entries(object.matchLabels ?? {}).map(([key, value]) => labelRequirement(key, '=', [value]));
  for (const { key, operator, values } of object.matchExpressions ?? []) {
    const known = objectOperators[operator];
    if (known === undefined) throw new SelectorError(`"${operator}" is not a valid label selector operator`);
    requirements.push(labelRequirement(key, known, values ?? []));
  }
  return new LabelSelector(requirements);
}

/** Reads the text form. Throws SelectorError with upstream's message. */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = new SelectorParser(lexSelector(text)).parse();
  return requirements.length === 0 ? LabelSelector.everything : new LabelSelector(requirements);
}

class SelectorParser {
  readonly #tokens: readonly SelectorToken[];
  #at = 0;

  constructor(tokens: readonly SelectorToken[]) {
    this.#tokens = tokens;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const token = this.#peekWord();
      if (token.type === 'end') return requirements;
      if (token.type !== 'word' && token.type !== '!') throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#wrapped());
      const next = this.#nextWord();
      if (next.type === 'end') return requirements;
      if (next.type !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peekWord();
      if (after.type !== 'word' && after.type !== '!') throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #wrapped(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #requirement(): LabelRequirement {
    let token = this.#nextWord();
    const negated = token.type === '!';
    if (negated) token = this.#nextWord();
    if (token.type !== 'word') throw new SelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const [complaint] = keyComplaints(key);
    if (complaint !== undefined) throw new SelectorError(complaint);
    const next = this.#peekWord();
    if (negated || next.type === 'end' || next.type === ',') return labelRequirement(key, negated ? '!' : 'exists', []);
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#valueSet() : [this.#exactValue()];
    return labelRequirement(key, operator, [...new Set(values)]);
  }

  #operator(): LabelOperator {
    const token = this.#next();
    switch (token.type) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return token.type;
      case '>':
        return 'gt';
      case '<':
        return 'lt';
      default:
        throw new SelectorError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  #exactValue(): string {
    const token = this.#peekWord();
    if (token.type === 'end' || token.type === ',') return '';
    this.#next();
    if (token.type === 'word') return token.text;
    throw new SelectorError(`found '${token.text}', expected: identifier`);
  }

  /** '(a,b)'; an empty place between commas is the empty string. */
  #valueSet(): string[] {
    const open = this.#nextWord();
    if (open.type !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    if (this.#peekWord().type === ')') {
      this.#next();
      return values;
    }
    for (;;) {
      const token = this.#peekWord();
      if (token.type === 'word') values.push(this.#nextWord().text);
      else if (token.type === ',' || token.type === ')') values.push('');
      else throw new SelectorError(`found '${token.text}', expected: ',', ')' or identifier`);
      const separator = this.#nextWord();
      if (separator.type === ')') return values;
      if (separator.type !== ',') throw new SelectorError(`found '${separator.text}', expected: ',' or ')'`);
    }
  }

  #next(): SelectorToken {
    return this.#tokens[this.#at++] ?? { type: 'end', text: '' };
  }
  /** The next token where 'in' and 'notin' are ordinary words. */
  #nextWord(): SelectorToken {
    return asWord(this.#next());
  }
  #peekWord(): SelectorToken {
    return asWord(this.#tokens[this.#at] ?? { type: 'end', text: '' });
  }
}

const asWord = (token: SelectorToken): SelectorToken => (token.type === 'in' || token.type === 'notin' ? { type: 'word', text: token.text } : token);
