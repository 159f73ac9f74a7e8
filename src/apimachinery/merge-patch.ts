/** JSON merge patch, RFC 7386. */
import { draft } from './object.ts';

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The patched value, sharing nothing with its sources. */
export function mergePatch(original: unknown, patch: unknown): unknown {
  return isObject(patch) ? merge(isObject(original) ? (draft(original) as JsonObject) : {}, patch) : draft(patch);
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else if (isObject(value)) target[key] = merge(ownObject(target, key), value);
    else target[key] = draft(value);
  }
  return target;
}

function ownObject(target: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(target, key) ? target[key] : undefined;
  return isObject(value) ? value : {};
}
