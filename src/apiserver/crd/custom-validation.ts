/**
 * Values of custom objects against their CRD's OpenAPI schema, in upstream's words.
 * Upstream: k8s.io/kube-openapi/pkg/validation, k8s.io/apiextensions-apiserver/pkg/apiserver/validation
 */
import { RE2JS } from 're2js';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { duplicate, FieldPath, invalid, notSupported, required, tooLong, tooMany, type FieldError } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { formatCheck } from './schema-formats.ts';

/** `old`, where known, is what an update replaces: what it leaves as it was is not judged again. */
export function validateCustom(props: JSONSchemaProps, value: unknown, path: FieldPath, old?: unknown): FieldError[] {
  if (old !== undefined && equalJson(value, old)) return [];
  if (value === null && props.nullable) return [];
  const wrongType = checkType(props, value, path);
  if (wrongType) return [wrongType];
  return [
    ...checkEnum(props, value, path),
    ...checkCombined(props, value, path),
    ...(typeof value === 'string' ? checkString(props, value, path) : []),
    ...(typeof value === 'number' ? checkNumber(props, value, path) : []),
    ...(Array.isArray(value) ? checkList(props, value, path, old) : []),
    ...(isObject(value) ? checkObject(props, value, path, old) : []),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(props: JSONSchemaProps, value: unknown, path: FieldPath): FieldError | undefined {
  const actual = typeOf(value);
  if (props['x-kubernetes-int-or-string']) return actual === 'string' || actual === 'integer' ? undefined : wrong(path, actual, 'integer,string');
  const { type } = props;
  if (type === undefined || type === '' || type === actual || (type === 'number' && actual === 'integer')) return undefined;
  return wrong(path, actual, type);
}

const wrong = (path: FieldPath, actual: string, wanted: string): FieldError => invalid(path, actual, `${path} in body must be of type ${wanted}: ${JSON.stringify(actual)}`);

function checkEnum({ enum: allowed }: JSONSchemaProps, value: unknown, path: FieldPath): FieldError[] {
  if (allowed === undefined || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return [];
  return [notSupported(path, value, allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))))];
}

function checkString(props: JSONSchemaProps, value: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const length = [...value].length;
  if (props.maxLength !== undefined && length > props.maxLength) errors.push(tooLong(path, props.maxLength));
  if (props.minLength !== undefined && length < props.minLength) errors.push(invalid(path, value, `${path} in body should be at least ${props.minLength} chars long`));
  if (props.pattern !== undefined && !matches(props.pattern, value)) errors.push(invalid(path, value, `${path} in body should match '${props.pattern}'`));
  const format = props.format === undefined ? undefined : formatCheck(props.format);
  if (format && !format(value)) errors.push(invalid(path, value, `${path} in body must be of type ${props.format ?? ''}: ${JSON.stringify(value)}`));
  return errors;
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

function checkNumber(props: JSONSchemaProps, value: number, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = props;
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) errors.push(invalid(path, value, `${path} in body should be less than${exclusiveMaximum ? '' : ' or equal to'} ${maximum}`));
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) errors.push(invalid(path, value, `${path} in body should be greater than${exclusiveMinimum ? '' : ' or equal to'} ${minimum}`));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) errors.push(invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  if (props.format === 'int32' && (value > 2 ** 31 - 1 || value < -(2 ** 31))) errors.push(invalid(path, value, `${path} in body must be of type int32: "integer"`));
  return errors;
}

function checkList(props: JSONSchemaProps, value: readonly unknown[], path: FieldPath, old: unknown): FieldError[] {
  const errors: FieldError[] = [];
  if (props.maxItems !== undefined && value.length > props.maxItems) errors.push(tooMany(path, value.length, props.maxItems));
  if (props.minItems !== undefined && value.length < props.minItems) errors.push(invalid(path, value.length, `${path} in body should have at least ${props.minItems} items`));
  const keys = props['x-kubernetes-list-map-keys'];
  const identity = props['x-kubernetes-list-type'] === 'set' || props.uniqueItems ? (item: unknown) => JSON.stringify(item) : keys ? (item: unknown) => JSON.stringify(keys.map((key) => (isObject(item) ? item[key] : undefined))) : undefined;
  const before = new Map(keys && identity && Array.isArray(old) ? old.map((item: unknown) => [identity(item), item] as const) : []);
  const seen = new Set<string>();
  value.forEach((item, i) => {
    const id = identity?.(item);
    if (id !== undefined) {
      if (seen.has(id)) errors.push(duplicate(path.index(i), keys && isObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item));
      seen.add(id);
    }
    if (isObject(props.items)) errors.push(...validateCustom(props.items as JSONSchemaProps, item, path.index(i), id === undefined ? undefined : before.get(id)));
  });
  return errors;
}

function checkObject(props: JSONSchemaProps, value: Record<string, unknown>, path: FieldPath, old: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const child = (name: string): FieldPath => (path.toString() === '<nil>' ? FieldPath.of(name) : path.child(name));
  for (const name of props.required ?? []) if (value[name] === undefined) errors.push(required(child(name)));
  const count = Object.keys(value).length;
  if (props.maxProperties !== undefined && count > props.maxProperties) errors.push(tooMany(path, count, props.maxProperties));
  if (props.minProperties !== undefined && count < props.minProperties) errors.push(invalid(path, value, `${path} in body should have at least ${props.minProperties} properties`));
  const before = isObject(old) ? old : {};
  for (const [name, item] of Object.entries(value)) {
    const own = props.properties?.[name];
    if (own) errors.push(...validateCustom(own, item, child(name), before[name]));
    else if (isObject(props.additionalProperties)) errors.push(...validateCustom(props.additionalProperties as JSONSchemaProps, item, path.key(name), before[name]));
  }
  return errors;
}

/** The schemas of allOf, anyOf, oneOf and not; of alternatives that all fail, what the nearest one says is told too. */
function checkCombined({ allOf, anyOf, oneOf, not }: JSONSchemaProps, value: unknown, path: FieldPath): FieldError[] {
  const results = (schemas: readonly JSONSchemaProps[] | undefined): FieldError[][] => (schemas ?? []).map((schema) => validateCustom(schema, value, path));
  const complain = (text: string): FieldError => invalid(path, '', `${JSON.stringify(path.toString() === '<nil>' ? '' : path.toString())} ${text}`);
  const valid = (outcomes: readonly FieldError[][]): number => outcomes.filter((errors) => errors.length === 0).length;
  const nearest = (outcomes: readonly FieldError[][]): FieldError[] => [...outcomes].sort((left, right) => left.length - right.length)[0] ?? [];
  const errors: FieldError[] = [];
  const all = results(allOf);
  if (valid(all) < all.length) errors.push(...all.flat(), complain(`must validate all the schemas (allOf)${valid(all) === 0 ? '. None validated' : ''}`));
  const any = results(anyOf);
  if (any.length > 0 && valid(any) === 0) errors.push(complain('must validate at least one schema (anyOf)'), ...nearest(any));
  const one = results(oneOf);
  if (one.length > 0 && valid(one) === 0) errors.push(complain('must validate one and only one schema (oneOf). Found none valid'), ...nearest(one));
  if (valid(one) > 1) errors.push(complain(`must validate one and only one schema (oneOf). Found ${valid(one)} valid alternatives`));
  if (not && validateCustom(not, value, path).length === 0) errors.push(complain('must not validate the schema (not)'));
  return errors;
}
