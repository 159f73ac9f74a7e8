/**
 * Validation results: a list of field errors, never an exception. Upstream: k8s.io/apimachinery/pkg/util/validation/field
 */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

export interface FieldError {
  /** The Status cause's reason. */
  readonly type: FieldErrorType;
  /** 'spec.containers[0].image' */
  readonly field: string;
  /** The message without the field path, as in a Status cause. */
  readonly message: string;
}

/** Builds 'spec.containers[0].env[KEY]' step by step. Validation makes many paths and reads few: the text is made when asked for. */
export class FieldPath {
  readonly #parent: FieldPath | undefined;
  /** The last step as written, with its brackets, or a name. */
  readonly #step: string;
  constructor(text = '', parent?: FieldPath) {
    this.#step = text;
    this.#parent = parent;
  }
  static of(...names: string[]): FieldPath {
    return new FieldPath(names.join('.'));
  }
  child(...names: string[]): FieldPath {
    return new FieldPath(names.length === 1 ? names[0] : names.join('.'), this);
  }
  index(i: number): FieldPath {
    return new FieldPath(`[${i}]`, this);
  }
  key(key: string): FieldPath {
    return new FieldPath(`[${key}]`, this);
  }
  #text(): string {
    const before = this.#parent === undefined ? '' : this.#parent.#text();
    return before === '' || this.#step.startsWith('[') ? before + this.#step : `${before}.${this.#step}`;
  }
  isRoot(): boolean {
    return this.#text() === '';
  }
  toString(): string {
    return this.#text() || '<nil>';
  }
}

export const required = (path: FieldPath, detail = ''): FieldError =>
  make('FieldValueRequired', path, detail === '' ? 'Required value' : `Required value: ${detail}`);

export const invalid = (path: FieldPath, value: unknown, detail: string): FieldError =>
  make('FieldValueInvalid', path, `Invalid value: ${show(value)}${detail === '' ? '' : `: ${detail}`}`);

/** Invalid because the value is of another type, or has not the form its type asks for. */
export const typeInvalid = (path: FieldPath, value: unknown, detail: string): FieldError => make('FieldValueTypeInvalid', path, `Invalid value: ${show(value)}: ${detail}`);

/** Invalid without showing the value: it is too large, or not for everybody's eyes. */
export const invalidWhole = (path: FieldPath, detail: string): FieldError => make('FieldValueInvalid', path, `Invalid value: ${detail}`);

export const duplicate = (path: FieldPath, value: unknown, detail = ''): FieldError =>
  make('FieldValueDuplicate', path, `Duplicate value: ${show(value)}${detail === '' ? '' : `: ${detail}`}`);

export const forbidden = (path: FieldPath, detail: string): FieldError =>
  make('FieldValueForbidden', path, detail === '' ? 'Forbidden' : `Forbidden: ${detail}`);

export const notFound = (path: FieldPath, value: unknown, detail = ''): FieldError =>
  make('FieldValueNotFound', path, `Not found: ${show(value)}${detail === '' ? '' : `: ${detail}`}`);

export const tooLong = (path: FieldPath, max: number): FieldError =>
  make('FieldValueTooLong', path, max >= 0 ? `Too long: may not be more than ${max} bytes` : 'Too long: value is too long');

export const tooMany = (path: FieldPath, actual: number, max: number): FieldError =>
  make('FieldValueTooMany', path, `Too many: ${actual}: must have at most ${max} items`);

/** Lists what is supported in the order given: upstream sorts some of its lists and not others. */
export const notSupported = (path: FieldPath, value: unknown, supported: readonly string[]): FieldError =>
  make('FieldValueNotSupported', path, `Unsupported value: ${show(value)}${supported.length > 0 ? `: supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}` : ''}`);

/** 'spec.replicas: Invalid value: -1: must be greater than or equal to 0' */
export const formatFieldError = (error: FieldError): string => `${error.field}: ${error.message}`;

function make(type: FieldErrorType, path: FieldPath, message: string): FieldError {
  return { type, field: path.toString(), message };
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return isGoInteger(value) ? String(value) : goFloat(value);
  return typeof value === 'object' ? JSON.stringify(value) : typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Whether upstream keeps a number as a whole one of 64 bits. */
export const isGoInteger = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;

/** A floating-point number as upstream prints it: 0.5, 1e+06, 1e-05. */
export function goFloat(value: number): string {
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
