/**
 * Writes a status when it changed. The object must be as it was read: a conflict is thrown, for whoever changed it may have changed
 * what the status follows from.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';
import { sameJson } from '../../resources/validation/fields.ts';

/** `status` replaces the whole status of `object`; fields that are undefined go. Returns the object as it is then. */
export async function writeStatus<T extends KubeObject & { readonly status?: unknown }>(client: ApiClient, kind: Kind<T>, object: T, status: NonNullable<T['status']>): Promise<T> {
  const wanted = Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
  if (sameJson(object.status ?? {}, wanted)) return object;
  return client.of(kind).namespace(object.metadata.namespace).updateStatus({ ...object, status: wanted });
}
