/**
 * Strategic merge patch: a merge patch that knows from the schema how lists merge (patchMergeKey, patchStrategy), with the directives
 * $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList. Upstream: k8s.io/apimachinery/pkg/util/strategicpatch
 */
import { draft } from './object.ts';
import type { Field, Schema } from './schema.ts';
import { badRequest, StatusError } from './status-error.ts';
import { isMerged, mergeLists, orderList, removePrimitives } from './strategic-lists.ts';

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const patchDirective = '$patch';
const retainKeys = '$retainKeys';
const elementOrder = '$setElementOrder/';
const deletePrimitives = '$deleteFromPrimitiveList/';

/** A patch that cannot be applied; upstream gives these no reason. */
export const mergeFailure = (message: string): StatusError => new StatusError({ code: 500, message });

/** The patched object, sharing nothing with its sources. Throws StatusError in upstream's words when the patch makes no sense. */
export function strategicMerge(schema: Schema, original: unknown, patch: unknown): unknown {
  if (!isObject(patch)) throw badRequest('error decoding patch: invalid JSON document');
  return mergeObjects(schema, isObject(original) ? (draft(original) as JsonObject) : {}, patch);
}

/** Merges into `target`, which may be changed and may be the result. */
export function mergeObjects(schema: Schema | undefined, target: JsonObject, patch: JsonObject): JsonObject {
  const directive = patch[patchDirective];
  if (directive === 'replace') return withoutDirectives(patch) as JsonObject;
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw mergeFailure(`unknown patch type [${String(directive)}] in map [${goText(patch)}]`);
  keepOnly(target, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith(elementOrder)) mergeOrdered(schema, target, patch, key.slice(elementOrder.length));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(deletePrimitives)) removeFrom(target, key.slice(deletePrimitives.length), value);
    else if (!key.startsWith('$') || !isDirective(key)) {
      if (`${elementOrder}${key}` in patch && value !== null) continue;
      mergeField(fieldOf(schema, key), target, key, value);
    }
  }
  return target;
}

const isDirective = (key: string): boolean => key === patchDirective || key === retainKeys || key.startsWith(elementOrder) || key.startsWith(deletePrimitives);

/** $retainKeys: what the object has beyond these keys goes. */
function keepOnly(target: JsonObject, patch: JsonObject): void {
  const keys = patch[retainKeys];
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  const kept = new Set<unknown>(keys);
  for (const [key, value] of Object.entries(patch)) {
    if (!isDirective(key) && value !== null && !kept.has(key)) throw badRequest('invalid patch format of retainKeys');
  }
  for (const key of Object.keys(target)) if (!kept.has(key)) delete target[key];
}

function removeFrom(target: JsonObject, key: string, values: unknown): void {
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list');
  const list = target[key];
  if (Array.isArray(list)) target[key] = removePrimitives(list, values);
}

/** A field of a struct, or the value of a map as if it were one. */
function fieldOf(schema: Schema | undefined, key: string): Field | undefined {
  if (schema?.type === 'struct') return schema.fields.get(key);
  return schema?.type === 'map' ? { schema: schema.value } : undefined;
}

function mergeField(field: Field | undefined, target: JsonObject, key: string, value: unknown): void {
  if (value === null) {
    delete target[key];
    return;
  }
  const current = Object.hasOwn(target, key) ? target[key] : undefined;
  if (isObject(value) && isObject(current)) {
    target[key] = hasStrategy(field, 'replace') ? withoutDirectives(value) : mergeObjects(field?.schema, current, value);
  } else if (Array.isArray(value) && Array.isArray(current)) {
    target[key] = isMerged(field) ? mergeLists(field, current, value) : withoutDirectives(value);
  } else {
    target[key] = withoutDirectives(value);
  }
}

export const hasStrategy = (field: Field | undefined, strategy: string): boolean => field?.patchStrategy?.split(',').includes(strategy) ?? false;

/** A list whose order the patch states: merged, if the patch has items too, and put in that order. */
function mergeOrdered(schema: Schema | undefined, target: JsonObject, patch: JsonObject, key: string): void {
  const field = fieldOf(schema, key);
  const order = patch[`${elementOrder}${key}`];
  if (!Array.isArray(order) || !isMerged(field)) throw badRequest('invalid patch format of setElementOrder list');
  const current = target[key];
  const given = patch[key];
  if (given === null) return;
  const server = Array.isArray(current) ? (current as unknown[]) : [];
  if (given === undefined && server.length === 0) return;
  if (given !== undefined && !Array.isArray(given)) throw badRequest('invalid patch format of setElementOrder list');
  const removed = patch[`${deletePrimitives}${key}`];
  const before = Array.isArray(removed) ? removePrimitives(server, removed) : server;
  const merged = given === undefined ? before : mergeLists(field, draft(before), given);
  target[key] = orderList(merged, order, server, field.patchMergeKey);
}

/** A value taken from the patch as it is: without nulls and directives. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !(isObject(item) && item[patchDirective] === 'delete')).flatMap((item) => (isReplaceMarker(item) ? [] : [withoutDirectives(item)]));
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || isDirective(key)) continue;
    out[key] = withoutDirectives(item);
  }
  return out;
}

const isReplaceMarker = (item: unknown): boolean => isObject(item) && item[patchDirective] === 'replace' && Object.keys(item).length === 1;

/** A value as Go prints it, for messages: 'map[image:nginx]'. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}
