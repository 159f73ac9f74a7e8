/**
 * The rules of a CRD's schema that are written in CEL (x-kubernetes-validations). A rule that mentions `oldSelf` holds for changes
 * only, and only where the old value can be told: fields of objects, values of maps, items of lists with keys.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
import { Environment } from '@marcbachmann/cel-js';
import { messageOf } from '../../base/errors.ts';
import type { FieldPath} from '../../apimachinery/field-error.ts';
import { forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';

type Program = (context: Record<string, unknown>) => unknown;

const environment = new Environment({ enableOptionalTypes: true }).registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
const programs = new Map<string, Program>();
const mostPrograms = 5000;

/** Throws an Error that says why the text is no expression. */
export function compileRule(text: string): Program {
  let program = programs.get(text);
  if (program) return program;
  const parsed = environment.parse(text);
  const checked = parsed.check();
  if (!checked.valid) throw checked.error ?? new Error('the expression is not valid');
  if (programs.size >= mostPrograms) programs.clear();
  program = (context) => parsed(context) as unknown;
  programs.set(text, program);
  return program;
}

export const isTransition = ({ rule }: ValidationRule): boolean => /\boldSelf\b/.test(rule.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ''));

/** What the rules of a schema say against a value. `old` is undefined where there is none. */
export function checkRules(props: JSONSchemaProps, value: unknown, old: unknown, path: FieldPath): FieldError[] {
  if (value === undefined || value === null) return [];
  const errors = (props['x-kubernetes-validations'] ?? []).flatMap((rule) => checkRule(rule, props, { value, old, path }));
  if (Array.isArray(value)) return [...errors, ...checkItems(props, value, old, path)];
  if (typeof value !== 'object') return errors;
  const fields = value as Record<string, unknown>;
  const before = isRecord(old) ? old : undefined;
  for (const [name, child] of Object.entries(props.properties ?? {})) {
    if (Object.hasOwn(fields, name)) errors.push(...checkRules(child, fields[name], before?.[name], path.child(name)));
  }
  if (isRecord(props.additionalProperties)) {
    const child = props.additionalProperties as JSONSchemaProps;
    for (const [name, item] of Object.entries(fields)) if (!Object.hasOwn(props.properties ?? {}, name)) errors.push(...checkRules(child, item, before?.[name], path.key(name)));
  }
  return errors;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function checkItems(props: JSONSchemaProps, list: readonly unknown[], old: unknown, path: FieldPath): FieldError[] {
  const items = props.items as JSONSchemaProps | undefined;
  if (items === undefined) return [];
  const keys = props['x-kubernetes-list-type'] === 'map' ? (props['x-kubernetes-list-map-keys'] ?? []) : [];
  const keyOf = (item: unknown): string => JSON.stringify(keys.map((key) => (isRecord(item) ? item[key] : undefined)));
  const before = new Map(keys.length > 0 && Array.isArray(old) ? old.map((item: unknown) => [keyOf(item), item] as const) : []);
  return list.flatMap((item, i) => checkRules(items, item, before.get(keyOf(item)), path.index(i)));
}

interface Place {
  readonly value: unknown;
  readonly old: unknown;
  readonly path: FieldPath;
}

function checkRule(rule: ValidationRule, props: JSONSchemaProps, { value, old, path }: Place): FieldError[] {
  if (isTransition(rule) && old === undefined) return [];
  const context = { self: toCel(props, value), ...(old === undefined ? {} : { oldSelf: toCel(props, old) }) };
  try {
    if (compileRule(rule.rule)(context) === true) return [];
    return [refusal(rule, props, path, messageFor(rule, context))];
  } catch (error) {
    return [invalid(path, typeOf(props), `${messageOf(error).split('\n')[0] ?? ''} evaluating rule: ${rule.message ?? rule.rule}`)];
  }
}

function refusal(rule: ValidationRule, props: JSONSchemaProps, at: FieldPath, message: string): FieldError {
  const path = pathOf(rule, at);
  switch (rule.reason) {
    case 'FieldValueRequired':
      return required(path, message);
    case 'FieldValueForbidden':
      return forbidden(path, message);
    case 'FieldValueDuplicate':
      return { type: 'FieldValueDuplicate', field: String(path), message: `Duplicate value: ${JSON.stringify(typeOf(props))}` };
    default:
      return invalid(path, typeOf(props), message);
  }
}

/** fieldPath is relative: '.spec.name', ".labels['a.b']". */
function pathOf({ fieldPath }: ValidationRule, at: FieldPath): FieldPath {
  let path = at;
  for (const [, name, quoted] of (fieldPath ?? '').matchAll(/\.([A-Za-z_]\w*)|\['([^']*)'\]/g)) path = name !== undefined ? path.child(name) : path.key(quoted ?? '');
  return path;
}

function messageFor({ rule, message, messageExpression }: ValidationRule, context: Record<string, unknown>): string {
  const plain = message ?? `failed rule: ${rule.trim()}`;
  if (messageExpression === undefined) return plain;
  try {
    const made = compileRule(messageExpression)(context);
    return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') ? made : plain;
  } catch {
    return plain;
  }
}

const typeOf = ({ type }: JSONSchemaProps): string => type ?? 'object';

/** Whole numbers are CEL's int where the schema says integer, times its timestamp. */
function toCel(props: JSONSchemaProps | undefined, value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && props?.type !== 'number' ? BigInt(value) : value;
  if (typeof value === 'string') return props?.format === 'date-time' && !Number.isNaN(Date.parse(value)) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map((item) => toCel(props?.items as JSONSchemaProps | undefined, item));
  if (!isRecord(value)) return value;
  const values = isRecord(props?.additionalProperties) ? (props.additionalProperties as JSONSchemaProps) : undefined;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toCel(props?.properties?.[name] ?? values, item)]));
}
