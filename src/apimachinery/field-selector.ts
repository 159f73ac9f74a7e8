/**
 * Field selectors: 'spec.nodeName=a,status.phase!=Running'. Commas, equals signs and backslashes in values are written with a
 * backslash before them. Upstream: k8s.io/apimachinery/pkg/fields
 */
import { SelectorError } from './label-selector.ts';

export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** All terms must hold. */
export class FieldSelector {
  static readonly everything = new FieldSelector([]);
  readonly terms: readonly FieldTerm[];

  constructor(terms: readonly FieldTerm[]) {
    this.terms = terms;
  }

  get isEverything(): boolean {
    return this.terms.length === 0;
  }

  /** `valueOf` gives the value of a field of the object in question, '' when unset. */
  matches(valueOf: (field: string) => string): boolean {
    return this.terms.every(({ field, operator, value }) => (valueOf(field) === value) === (operator === '='));
  }

  /** The value that `field` must have, if a term says so: indexes and watches of one object use it. */
  exactMatch(field: string): string | undefined {
    return this.terms.find((term) => term.field === field && term.operator === '=')?.value;
  }

  toString(): string {
    return this.terms.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',');
  }
}

export const escapeFieldValue = (value: string): string => value.replace(/[\\,=]/g, '\\$&');

/** Throws SelectorError with upstream's message. Whether the fields are known is the caller's question. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).filter((part) => part !== '').map((part) => termOf(part, text));
  return terms.length === 0 ? FieldSelector.everything : new FieldSelector(terms);
}

function splitTerms(text: string): string[] {
  return text.match(/(?:[^\\,]|\\[^]|\\$)+/g) ?? [];
}

function termOf(part: string, whole: string): FieldTerm {
  const match = /^((?:[^\\=!]|\\[^]|![^=])*?)(!=|==|=)([^]*)$/.exec(part);
  if (!match) throw new SelectorError(`invalid selector: '${whole}'; can't understand '${part}'`);
  const [, field = '', sign, value = ''] = match;
  return { field, operator: sign === '!=' ? '!=' : '=', value: unescapeValue(value) };
}

function unescapeValue(value: string): string {
  return value.replace(/\\([^]?)|([,=])/g, (_, escaped: string | undefined, bare: string | undefined) => {
    if (bare !== undefined) throw new SelectorError(`invalid field selector: unescaped character in value: ${bare.codePointAt(0) ?? 0}`);
    if (escaped === '\\' || escaped === ',' || escaped === '=') return escaped;
    throw new SelectorError(`invalid field selector: invalid escape sequence: \\${escaped ?? ''}`);
  });
}
