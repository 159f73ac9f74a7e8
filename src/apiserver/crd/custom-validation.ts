/**
 * Values of custom objects against their CRD's OpenAPI schema, in upstream's words and order.
 * Upstream: k8s.io/kube-openapi/pkg/validation/validate, k8s.io/apiextensions-apiserver/pkg/apiserver/validation
 */
import { equalJson } from '../../apimachinery/equal-json.ts';
import { FieldPath, invalid, required, tooMany, type FieldError } from '../../apimachinery/field-error.ts';
import type { JSONSchemaProps } from '../../resources/types/apiextensions-v1.ts';
import { asSchema } from './cel-values.ts';
import { duplicateItems } from './list-duplicates.ts';
import { checkEnum, checkFormat, checkNumber, checkText, checkType, hasType, placeName } from './value-keywords.ts';

/** `old`, where known, is what an update replaces: what it leaves as it was is not judged again. */
export function validateCustom(props: JSONSchemaProps, value: unknown, path: FieldPath, old?: unknown): FieldError[] {
  const duplicates = duplicateItems(props, value, path);
  return [...judge(props, value, path, old).errors, ...(duplicates.length === 0 || (old !== undefined && duplicateItems(props, old, path).length > 0) ? [] : duplicates)];
}

/** What a schema says of a value. */
class Verdict {
  readonly errors: FieldError[] = [];
  #told: Set<string> | undefined;
  /** How many checks were met or made, as upstream counts them: of alternatives that all fail, the one with most is told of. */
  matches = 0;

  /** Nothing is told twice. */
  add(error: FieldError | undefined): void {
    if (error === undefined) return;
    const told = `${error.field} ${error.message}`;
    if (this.#told?.has(told)) return;
    this.#told = (this.#told ?? new Set<string>()).add(told);
    this.errors.push(error);
  }

  merge(other: Verdict | undefined): void {
    for (const error of other?.errors ?? []) this.add(error);
    this.matches += other?.matches ?? 0;
  }

  get isValid(): boolean {
    return this.errors.length === 0;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function judge(props: JSONSchemaProps, value: unknown, path: FieldPath, old: unknown): Verdict {
  const verdict = new Verdict();
  if (old !== undefined && equalJson(value, old)) return verdict;
  const typeError = checkType(props, value, path);
  verdict.add(typeError);
  if (typeError === undefined && (value === null || hasType(props))) verdict.matches++;
  if (value === null) {
    verdict.add(checkEnum(props, value, path));
    return verdict;
  }
  if (hasType(props)) verdict.matches++;
  judgeCombined(props, value, path, verdict);
  if (typeof value === 'string') judgeText(props, value, path, verdict);
  if (typeof value === 'number') {
    for (const error of checkNumber(props, value, path)) verdict.add(error);
    verdict.matches += 2;
  }
  if (Array.isArray(value)) judgeList(props, value, path, old, verdict);
  verdict.add(checkEnum(props, value, path));
  if (isObject(value)) judgeObject(props, value, path, old, verdict);
  verdict.matches += 2;
  return verdict;
}

function judgeText(props: JSONSchemaProps, value: string, path: FieldPath, verdict: Verdict): void {
  verdict.add(checkText(props, value, path));
  verdict.matches++;
  const format = checkFormat(props, value, path);
  if (format === undefined) return;
  verdict.add(format.error);
  verdict.matches++;
}

function judgeList(props: JSONSchemaProps, value: readonly unknown[], path: FieldPath, old: unknown, verdict: Verdict): void {
  const items = asSchema(props.items);
  if (items !== undefined) {
    const before = itemsByKeys(props, old);
    value.forEach((item, i) => verdict.merge(judge(items, item, path.index(i), before?.(item))));
  }
  const { minItems, maxItems } = props;
  if (minItems !== undefined && value.length < minItems) verdict.add(invalid(path, value.length, `${placeName(path)} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) verdict.add(tooMany(path, value.length, maxItems));
  if (props.uniqueItems && value.some((item, i) => value.slice(0, i).some((earlier) => equalJson(earlier, item)))) verdict.add(invalid(path, '', `${placeName(path)} in body shouldn't contain duplicates`));
  verdict.matches += 2;
}

/** Finds an item of the old list by the keys of a new one; undefined for lists whose items cannot be told apart. */
function itemsByKeys(props: JSONSchemaProps, old: unknown): ((item: unknown) => unknown) | undefined {
  const keys = props['x-kubernetes-list-map-keys'];
  if (keys === undefined || !Array.isArray(old)) return undefined;
  const identity = (item: unknown): string => JSON.stringify(keys.map((key) => (isObject(item) ? item[key] : undefined)));
  const items = new Map(old.map((item: unknown) => [identity(item), item] as const));
  return (item) => items.get(identity(item));
}

function judgeObject(props: JSONSchemaProps, value: Record<string, unknown>, path: FieldPath, old: unknown, verdict: Verdict): void {
  const { minProperties, maxProperties } = props;
  if (minProperties !== undefined || maxProperties !== undefined) {
    const count = Object.keys(value).length;
    if (minProperties !== undefined && count < minProperties) verdict.add(invalid(path, count, `${placeName(path)} in body should have at least ${minProperties} properties`));
    if (maxProperties !== undefined && count > maxProperties) verdict.add(tooMany(path, count, maxProperties));
  }
  const before = isObject(old) ? old : {};
  const others = asSchema(props.additionalProperties);
  for (const [name, item] of Object.entries(value)) {
    const schema = props.properties && Object.hasOwn(props.properties, name) ? props.properties[name] : others;
    if (schema !== undefined) verdict.merge(judge(schema, item, path.child(name), before[name]));
    else if (props.additionalProperties === false) verdict.add(invalid(path, name, `${placeName(path)}.${name} in body is a forbidden property`));
  }
  for (const name of props.required ?? []) if (!Object.hasOwn(value, name) || value[name] === undefined) verdict.add(required(path.child(name)));
  verdict.matches++;
}

/** The schemas of anyOf, oneOf, allOf and not; of alternatives that all fail, what the nearest one says is told too. */
function judgeCombined(props: JSONSchemaProps, value: unknown, path: FieldPath, verdict: Verdict): void {
  const { allOf, anyOf, oneOf, not } = props;
  verdict.matches += 2;
  // Upstream gives these no field of their own.
  const complain = (text: string): void => verdict.add(invalid(new FieldPath(), '', `${JSON.stringify(placeName(path))} ${text}`));
  const judged = (schemas: readonly JSONSchemaProps[]): Verdict[] => schemas.map((schema) => judge(schema, value, path, undefined));
  if (anyOf && anyOf.length > 0) {
    const outcomes = judged(anyOf);
    const met = outcomes.find(({ isValid }) => isValid);
    if (!met) complain('must validate at least one schema (anyOf)');
    verdict.merge(met ?? nearest(outcomes));
  }
  if (oneOf && oneOf.length > 0) {
    const outcomes = judged(oneOf);
    const met = outcomes.filter(({ isValid }) => isValid);
    if (met.length === 0) complain('must validate one and only one schema (oneOf). Found none valid');
    if (met.length > 1) complain(`must validate one and only one schema (oneOf). Found ${met.length} valid alternatives`);
    if (met.length < 2) verdict.merge(met[0] ?? nearest(outcomes));
  }
  if (allOf && allOf.length > 0) {
    const outcomes = judged(allOf);
    const met = outcomes.filter(({ isValid }) => isValid).length;
    for (const outcome of outcomes) verdict.merge(outcome);
    if (met < outcomes.length) complain(`must validate all the schemas (allOf)${met === 0 ? '. None validated' : ''}`);
  }
  if (not && judge(not, value, path, undefined).isValid) complain('must not validate the schema (not)');
}

const nearest = (outcomes: readonly Verdict[]): Verdict | undefined => outcomes.reduce<Verdict | undefined>((best, outcome) => (best === undefined || outcome.matches > best.matches ? outcome : best), undefined);
