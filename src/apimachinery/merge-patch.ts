/**
 * JSON merge patch, RFC 7386, as upstream's library does it: where a value is new, nulls in the objects of its lists vanish too.
 * Upstream: gopkg.in/evanphx/json-patch.v4
 */
import { draft, setField } from './object.ts';
import { badRequest } from './status-error.ts';

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The patched value, sharing nothing with its sources. Throws StatusError 400 when the patch is neither an object nor a list. */
export function mergePatch(original: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null) throw badRequest('Invalid JSON Patch');
  return isObject(patch) && isObject(original) ? merge(draft(original) as JsonObject, patch) : withoutNulls(patch);
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else setField(target, key, merged(Object.hasOwn(target, key) ? target[key] : undefined, value));
  }
  return target;
}

function merged(before: unknown, value: unknown): unknown {
  if (!isObject(before)) return withoutNulls(value);
  return isObject(value) ? merge(before, value) : draft(value);
}

/** A copy without the fields that are null; a list keeps its own nulls. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) setField(copy, key, withoutNulls(item));
  return copy;
}
