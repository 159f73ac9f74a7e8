/** Small building blocks of validation: one rule over one field. */
import { duplicate, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { checkDnsSubdomain, notNegative } from './names.ts';

/** One Invalid error for each message. */
export const invalidFor = (path: FieldPath, value: unknown, messages: readonly string[]): FieldError[] => messages.map((message) => invalid(path, value, message));

/** Required when empty, else checked. */
export function checkedText(path: FieldPath, value: string | undefined, check: (value: string) => string[], detail = ''): FieldError[] {
  if (value === undefined || value === '') return [required(path, detail)];
  return invalidFor(path, value, check(value));
}

export function nonEmpty(path: FieldPath, value: string | undefined, detail = ''): FieldError[] {
  return value === undefined || value === '' ? [required(path, detail)] : [];
}

/** Required when empty, else one of a few. */
export function oneOf(path: FieldPath, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [required(path)];
  return supportedOnly(path, value, supported);
}

/** One of a few, or absent. */
export function supportedOnly(path: FieldPath, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

export function atLeastZero(path: FieldPath, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0 ? [] : [invalid(path, value, notNegative)];
}

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const httpPathForm = new RegExp(`^${httpPath}$`);

/** 'example.com/name': a domain, and behind it what a URL's path may hold. */
export function validateDomainPath(value: string | undefined, path: FieldPath): FieldError[] {
  if (value === undefined || value === '') return [required(path)];
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) return [invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const [host, rest] = [value.slice(0, slash), value.slice(slash + 1)];
  const errors = invalidFor(path, host, checkDnsSubdomain(host));
  return httpPathForm.test(rest) ? errors : [...errors, invalid(path, rest, `Invalid path (regex used for validation is '${httpPath}')`)];
}

/** A Duplicate error for each value that came before; remembers what it saw. */
export class Unique {
  readonly #seen = new Set<string>();
  check(path: FieldPath, value: string): FieldError[] {
    if (this.#seen.has(value)) return [duplicate(path, value)];
    this.#seen.add(value);
    return [];
  }
}

/** True when two JSON values are the same, whatever the order of keys; an absent field equals an undefined one. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!sameJson(left[key], right[key])) return false;
  }
  return true;
}

const immutableMessage = 'field is immutable';
/** Upstream's ValidateImmutableField. */
export const immutable = (path: FieldPath, value: unknown, old: unknown): FieldError[] => (sameJson(value, old) ? [] : [invalid(path, value, immutableMessage)]);
