/**
 * The keywords of a schema that judge one value alone: type, enum, and those of texts and numbers.
 * Upstream: k8s.io/kube-openapi/pkg/validation/validate/{type,validator,values}.go
 */
import { RE2JS } from 're2js';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { goFloat, invalid, isGoInteger, notSupported, tooLong, typeInvalid, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { formatCheck, formatOf } from './schema-formats.ts';

/** How upstream names a place within its texts: the root is ''. */
export const placeName = (path: FieldPath): string => (path.isRoot() ? '' : path.toString());

/** The name of a value's JSON type; whole numbers that upstream's integers cannot hold are of type number. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return isGoInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The format that upstream sees in a value's own type. */
const ownFormats: Readonly<Record<string, string>> = { integer: 'int64', number: 'float64' };

/** Whether a schema says anything of its values' type. */
export const hasType = (props: JSONSchemaProps): boolean => props['x-kubernetes-int-or-string'] === true || (props.type ?? '') !== '' || formatOf(props) !== undefined;

export function checkType(props: JSONSchemaProps, value: unknown, path: FieldPath): FieldError | undefined {
  const actual = typeOf(value);
  const wanted = props['x-kubernetes-int-or-string'] ? ['integer', 'string'] : props.type ? [props.type] : [];
  if (value === null) return wanted.length === 0 || props.nullable || wanted.includes('null') ? undefined : wrongType(path, actual, wanted.join(','));
  if (wanted.includes(actual) || (actual === 'integer' && wanted.includes('number'))) return undefined;
  const format = formatOf(props);
  if (wanted.length === 0 && format === undefined) return undefined;
  if (format === undefined) return wrongType(path, actual, wanted.join(','));
  if (actual !== 'string' && actual !== 'array') return wrongType(path, ownFormats[actual] ?? '', format);
  // Upstream leaves texts, and lists, to the check of the format.
  return wanted.includes('number') || wanted.includes('integer') ? wrongType(path, actual, wanted.join(',')) : undefined;
}

const wrongType = (path: FieldPath, actual: string, wanted: string): FieldError => typeInvalid(path, actual, `${placeName(path)} in body must be of type ${wanted}: ${JSON.stringify(actual)}`);

/** Null is in no enumeration, whether or not it is listed. */
export function checkEnum({ enum: allowed }: JSONSchemaProps, value: unknown, path: FieldPath): FieldError | undefined {
  if (allowed === undefined || allowed.length === 0 || (value !== null && allowed.some((one) => equalJson(one, value)))) return undefined;
  return notSupported(path, value, allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))));
}

/** The first of a text's lengths and pattern that it does not have. */
export function checkText({ maxLength, minLength, pattern }: JSONSchemaProps, value: string, path: FieldPath): FieldError | undefined {
  if (maxLength !== undefined || minLength !== undefined) {
    const length = [...value].length;
    if (maxLength !== undefined && length > maxLength) return tooLong(path, maxLength);
    if (minLength !== undefined && length < minLength) return invalid(path, value, `${placeName(path)} in body should be at least ${minLength} chars long`);
  }
  if (pattern === undefined || pattern === '' || matches(pattern, value)) return undefined;
  return invalid(path, value, `${placeName(path)} in body should match '${pattern}'`);
}

/** Undefined where the schema has no format for texts, which counts as no check. */
export function checkFormat(props: JSONSchemaProps, value: string, path: FieldPath): { readonly error?: FieldError } | undefined {
  const format = formatOf(props);
  const fits = format === undefined ? undefined : formatCheck(format);
  if (format === undefined || fits === undefined) return undefined;
  return fits(value) ? {} : { error: typeInvalid(path, value, `${placeName(path)} in body must be of type ${format}: ${JSON.stringify(value)}`) };
}

const compiled = new Map<string, RE2JS>();

function matches(pattern: string, value: string): boolean {
  let regex = compiled.get(pattern);
  if (!regex) {
    regex = RE2JS.compile(pattern);
    compiled.set(pattern, regex);
  }
  return regex.matcher(value).find();
}

/** Upstream compares integers with limits cut to integers: 5 is not below 5.5. */
export function checkNumber({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JSONSchemaProps, value: number, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const complain = (text: string): void => void errors.push(invalid(path, value, `${placeName(path)} in body should be ${text}`));
  const isInteger = isGoInteger(value);
  const limit = (bound: number): number => (isInteger ? Math.trunc(bound) : bound);
  const show = isInteger ? String : goFloat;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) complain(`a multiple of ${show(multipleOf)}`);
  if (minimum !== undefined) {
    const least = limit(minimum);
    if (exclusiveMinimum ? value <= least : value < least) complain(`greater than${exclusiveMinimum ? '' : ' or equal to'} ${show(least)}`);
  }
  if (maximum !== undefined) {
    const most = limit(maximum);
    if (exclusiveMaximum ? value >= most : value > most) complain(`less than${exclusiveMaximum ? '' : ' or equal to'} ${show(most)}`);
  }
  return errors;
}

/** With room for what fractions lose: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  if (isGoInteger(value) ? Number.isInteger(times) : Number.isSafeInteger(times)) return true;
  if (Math.abs(times) > Number.MAX_SAFE_INTEGER) return false;
  const whole = Math.trunc(times);
  return Math.abs(times - whole) / (Math.abs(times) + Math.abs(whole)) < 1e-9;
}
