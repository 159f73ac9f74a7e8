/** Writes a status when it changed: the status alone, so that nothing else of the object is put back to an older state. */
import type { KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';
import { sameJson } from '../../resources/validation/fields.ts';

/** `status` replaces the whole status of `object`; fields that are undefined go. Returns the object as it is then. */
export async function writeStatus<T extends KubeObject & { readonly status?: unknown }>(client: ApiClient, kind: Kind<T>, object: T, status: NonNullable<T['status']>): Promise<T> {
  const old = (object.status ?? {}) as Record<string, unknown>;
  const wanted = status as Record<string, unknown>;
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    if (sameJson(old[field], wanted[field])) continue;
    patch[field] = wanted[field] === undefined ? null : merged(old[field], wanted[field]);
  }
  if (Object.keys(patch).length === 0) return object;
  const { name = '', namespace, uid } = object.metadata;
  return client.of(kind).namespace(namespace).patch(name, 'merge', { metadata: { uid }, status: patch }, { subresource: 'status' });
}

/** In a merge patch, what is gone from a map must be said. */
function merged(old: unknown, wanted: unknown): unknown {
  if (!isMap(old) || !isMap(wanted)) return wanted;
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) patch[key] = wanted[key] === undefined ? null : merged(old[key], wanted[key]);
  return patch;
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
