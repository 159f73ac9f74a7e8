/**
 * Strategic merge patch: a merge patch that knows from the schema how lists merge (patchMergeKey, patchStrategy), with the directives
 * $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList. A directive has a meaning only where the patch meets something of
 * the object; elsewhere most stay as if they were fields, for the decoding that follows to complain of. The order of checks is
 * upstream's, so that its reasons are ours. Upstream: k8s.io/apimachinery/pkg/util/strategicpatch
 */
import { goText, goType, goVerb, isObject, type JsonObject } from './go-text.ts';
import { draft, setField } from './object.ts';
import type { Schema } from './schema.ts';
import { badRequest, StatusError } from './status-error.ts';
import { mergeStrategy, patchField, patchListField } from './strategic-fields.ts';
import { mergeLists } from './strategic-lists.ts';
import { orderedField } from './strategic-order.ts';

const patchDirective = '$patch';
const retainKeys = '$retainKeys';
const elementOrder = '$setElementOrder';
const deletePrimitives = '$deleteFromPrimitiveList';

/** A patch that cannot be applied; upstream gives these no reason. */
export const mergeFailure = (message: string): StatusError => new StatusError({ code: 500, message });

export const wrongType = (expected: string, actual: unknown): StatusError => mergeFailure(`expected a ${expected}, but received a ${goVerb(goType(actual))}`);
export const noMergeKey = (item: JsonObject, mergeKey: string): StatusError => mergeFailure(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
export const unknownDirective = (directive: unknown, patch: JsonObject): StatusError => mergeFailure(`unknown patch type: ${goVerb(directive)} in map: ${goText(patch)}`);

/** The patched object, sharing nothing with its sources. Throws StatusError in upstream's words when the patch makes no sense. */
export function strategicMerge(schema: Schema, original: unknown, patch: unknown): unknown {
  if (patch !== null && !isObject(patch)) throw badRequest(`json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`);
  return mergeObjects(schema, isObject(original) ? (draft(original) as JsonObject) : {}, draft(patch ?? {}) as JsonObject);
}

const jsonType = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

/** Merges into `target`, which may be changed and may be the result, as may parts of `patch`. */
export function mergeObjects(schema: Schema, target: JsonObject, patch: JsonObject): JsonObject {
  const { [patchDirective]: directive, ...fields } = patch;
  if (directive === 'replace') return fields;
  if (directive === 'delete') return {};
  if (Object.hasOwn(patch, patchDirective)) throw unknownDirective(directive, patch);
  keepOnly(target, fields);
  for (const key of Object.keys(fields)) {
    if (key.startsWith(elementOrder)) mergeOrdered(schema, target, fields, key);
  }
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith(deletePrimitives)) mergeField(schema, target, fieldNamed(key, deletePrimitives, 'primitive list') || key, value, true);
    else mergeField(schema, target, key, value, false);
  }
  return target;
}

/** $retainKeys, which leaves the patch: what the object has beyond these keys goes. */
function keepOnly(target: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, retainKeys)) return;
  const keys = patch[retainKeys];
  delete patch[retainKeys];
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  const kept = new Set<unknown>(keys);
  for (const [key, value] of Object.entries(patch)) {
    const isField = value !== null && !key.startsWith(elementOrder) && !key.startsWith(deletePrimitives);
    if (isField && !kept.has(key)) throw badRequest('invalid patch format of retainKeys');
  }
  for (const key of Object.keys(target)) if (!kept.has(key)) delete target[key];
}

/** The field that the directive '$prefix/field' speaks of. */
function fieldNamed(key: string, prefix: string, what: string): string {
  if (!key.startsWith(`${prefix}/`)) throw badRequest(`invalid patch format of ${what}`);
  return key.slice(prefix.length + 1);
}

/** A list whose order the patch states: it and the items that the patch has for it leave the patch. */
function mergeOrdered(schema: Schema, target: JsonObject, patch: JsonObject, directive: string): void {
  const order = patch[directive];
  delete patch[directive];
  if (!Array.isArray(order)) throw wrongType('[]interface {}', order);
  const key = fieldNamed(directive, elementOrder, 'setElementOrder list');
  const current = Object.hasOwn(target, key) ? target[key] : undefined;
  const given = Object.hasOwn(patch, key) ? patch[key] : undefined;
  for (const list of [current, given]) if (list !== undefined && !Array.isArray(list)) throw wrongType('[]interface {}', list);
  const list = orderedField(patchListField(schema, key), { current: current as unknown[] | undefined, given: given as unknown[] | undefined, order });
  if (list !== undefined) setField(target, key, list);
  delete patch[key];
}

/** `isDeletion`: the value names members of a list that go. */
function mergeField(schema: Schema, target: JsonObject, key: string, value: unknown, isDeletion: boolean): void {
  if (value === null) {
    delete target[key];
    return;
  }
  const current = Object.hasOwn(target, key) ? target[key] : undefined;
  if (isObject(value) && isObject(current)) {
    const field = patchField(schema, key);
    setField(target, key, mergeStrategy(field) === 'replace' ? value : mergeObjects(field.schema, current, value));
  } else if (Array.isArray(value) && Array.isArray(current)) {
    const field = patchListField(schema, key);
    setField(target, key, isDeletion || mergeStrategy(field) === 'merge' ? mergeLists(field, current, value, isDeletion) : value);
  } else if (!isDeletion || (current !== undefined && goType(current) === goType(value))) {
    const taken = withoutDirectives(withoutNulls(value));
    if (taken === undefined) delete target[key];
    else setField(target, key, taken);
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)]])));
}

/** A value of the patch that has nothing to meet: without the objects that are directives. Undefined: it is one itself. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, patchDirective)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutDirectives(item)] as const).filter(([, item]) => item !== undefined));
}
