/**
 * The rules of a CRD's schema that are written in CEL (x-kubernetes-validations). A rule that mentions `oldSelf` holds for changes
 * only, and only where the old value can be told: fields of objects, values of maps, items of lists with keys. What an update leaves
 * as it was is not judged again.
 * Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
import { Optional, type ASTNode } from '@marcbachmann/cel-js';
import { lazy } from '../../base/lazy.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import type { FieldPath } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../resources/types/apiextensions-v1.ts';
import { CostLimitError, measured, perCallLimit, perObjectLimit } from '../cel/budget.ts';
import { evaluationErrorText } from '../cel/evaluation-error.ts';
import { compile, createEnvironment, namesOf, parse, type Compiled, type CompileOptions } from '../cel/expression.ts';
import { asSchema, hasListTypes, toCel } from './cel-values.ts';

const environment = lazy(() => createEnvironment({ self: 'dyn', oldSelf: 'dyn' }));
const optionalEnvironment = lazy(() => createEnvironment({ self: 'dyn', oldSelf: 'optional<dyn>' }));
const programs = new Map<string, Compiled>();
const mostPrograms = 5000;

export const ruleNames = lazy(() => namesOf(environment()));

/** A rule as it is written. Throws an Error that says why the text is no expression. */
export const parseRule = (text: string): ASTNode => parse(environment(), text);

/** Throws an Error that says why the text is no expression. `optional`: oldSelf is an optional value. */
export function compileRule(text: string, optional: boolean, options: CompileOptions = {}): Compiled {
  const key = `${optional ? '?' : ''}${options.listTypes ? '+' : ''} ${text}`;
  let program = programs.get(key);
  if (program) return program;
  if (programs.size >= mostPrograms) programs.clear();
  programs.set(key, (program = compile(optional ? optionalEnvironment() : environment(), text, options)));
  return program;
}

export const isTransition = ({ rule }: Pick<ValidationRule, 'rule'>): boolean => /\boldSelf\b/.test(rule.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ''));

/** What the rules of a schema say against a value. `old` is undefined where there is none. */
export function checkRules(props: JSONSchemaProps, value: unknown, old: unknown, path: FieldPath): FieldError[] {
  return new RuleCheck().value(props, value, old, path);
}

/** Whether a schema has rules anywhere. */
export function hasRules(props: JSONSchemaProps): boolean {
  return (
    (props['x-kubernetes-validations'] ?? []).length > 0 ||
    Object.values(props.properties ?? {}).some(hasRules) ||
    [props.items, props.additionalProperties].some((child) => { const schema = asSchema(child); return schema !== undefined && hasRules(schema); })
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

interface Place {
  readonly value: unknown;
  readonly old: unknown;
  readonly path: FieldPath;
}

/** One object under its rules, which share a budget. */
class RuleCheck {
  #budget = perObjectLimit;
  #exhausted = false;

  value(props: JSONSchemaProps, value: unknown, old: unknown, path: FieldPath): FieldError[] {
    if (value === undefined || value === null || this.#exhausted) return [];
    const errors: FieldError[] = [];
    for (const rule of props['x-kubernetes-validations'] ?? []) {
      if (this.#exhausted) break;
      errors.push(...this.#rule(rule, props, { value, old, path }));
    }
    if (Array.isArray(value)) return [...errors, ...this.#items(props, value, old, path)];
    if (!isRecord(value)) return errors;
    const before = isRecord(old) ? old : undefined;
    for (const [name, child] of Object.entries(props.properties ?? {})) {
      if (Object.hasOwn(value, name)) errors.push(...this.value(child, value[name], before?.[name], path.child(name)));
    }
    const values = asSchema(props.additionalProperties);
    if (values === undefined) return errors;
    for (const [name, item] of Object.entries(value)) {
      if (!Object.hasOwn(props.properties ?? {}, name)) errors.push(...this.value(values, item, before?.[name], path.key(name)));
    }
    return errors;
  }

  #items(props: JSONSchemaProps, list: readonly unknown[], old: unknown, path: FieldPath): FieldError[] {
    const items = asSchema(props.items);
    if (items === undefined || !hasRules(items)) return [];
    const keys = props['x-kubernetes-list-type'] === 'map' ? (props['x-kubernetes-list-map-keys'] ?? []) : [];
    const keyOf = (item: unknown): string => JSON.stringify(keys.map((key) => (isRecord(item) ? item[key] : undefined)));
    const before = new Map(keys.length > 0 && Array.isArray(old) ? old.map((item: unknown) => [keyOf(item), item] as const) : []);
    return list.flatMap((item, i) => this.value(items, item, before.get(keyOf(item)), path.index(i)));
  }

  #rule(rule: ValidationRule, props: JSONSchemaProps, { value, old, path }: Place): FieldError[] {
    const transition = isTransition(rule);
    if (transition && old === undefined && rule.optionalOldSelf !== true) return [];
    if (!transition && old !== undefined && equalJson(value, old)) return [];
    try {
      const context: Record<string, unknown> = { self: toCel(props, value) };
      if (transition) context['oldSelf'] = oldSelfOf(rule, props, old);
      if (this.#run(rule.rule, rule, props, context) === true) return [];
      return [refusal(rule, props, path, this.#messageFor(rule, props, context))];
    } catch (error) {
      return [this.#failure(error, rule, props, path)];
    }
  }

  #run(text: string, { optionalOldSelf }: ValidationRule, props: JSONSchemaProps, context: Record<string, unknown>): unknown {
    const { run } = compileRule(text, optionalOldSelf === true, { listTypes: hasListTypes(props) });
    const { result, cost } = measured(() => run(context), Math.min(perCallLimit, this.#budget));
    this.#budget -= cost + 1;
    return result;
  }

  #failure(error: unknown, rule: ValidationRule, props: JSONSchemaProps, path: FieldPath): FieldError {
    const text = (rule.message?.trim() ?? '') || rule.rule.trim();
    if (error instanceof CostLimitError) {
      this.#exhausted = true;
      if (this.#budget < perCallLimit) return invalid(path, typeOf(props), 'validation failed due to running out of cost budget, no further validation rules will be run');
      return invalid(path, typeOf(props), `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`);
    }
    const said = evaluationErrorText(error);
    if (said.startsWith('no such overload')) return invalid(path, typeOf(props), `'${said}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`);
    return invalid(path, typeOf(props), `${said} evaluating rule: ${text}`);
  }

  #messageFor(given: ValidationRule, props: JSONSchemaProps, context: Record<string, unknown>): string {
    const { rule, message, messageExpression } = given;
    const plain = message?.trim() ?? `failed rule: ${rule.trim()}`;
    if (messageExpression === undefined) return plain;
    try {
      const made = this.#run(messageExpression, given, props, context);
      return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') && made.length <= 5 * 1024 ? made.trim() : plain;
    } catch {
      return plain;
    }
  }
}

function oldSelfOf({ optionalOldSelf }: ValidationRule, props: JSONSchemaProps, old: unknown): unknown {
  if (optionalOldSelf !== true) return toCel(props, old);
  return old === undefined ? Optional.none() : Optional.of(toCel(props, old));
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

const typeOf = ({ type }: JSONSchemaProps): string => type ?? 'object';
