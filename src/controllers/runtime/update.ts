/**
 * Changes of part of an object, written as a whole with its resourceVersion: most controllers' roles have `update` and not `patch`.
 * An object that has changed since it was read is a conflict, which is thrown: the newer one is on its way.
 */
import { mergePatch } from '../../apimachinery/merge-patch.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';

/** Writes `object` with a merge patch applied to it. */
export function updateMerged<T extends KubeObject>(client: ApiClient, kind: Kind<T>, object: T, patch: object): Promise<T> {
  return client.of(kind).namespace(object.metadata.namespace).update(mergePatch(object, patch) as T);
}

/** The same of the status subresource: only what `patch` says of `status` counts. */
export function updateStatusMerged<T extends KubeObject>(client: ApiClient, kind: Kind<T>, object: T, patch: object): Promise<T> {
  return client.of(kind).namespace(object.metadata.namespace).updateStatus(mergePatch(object, { status: patch }) as T);
}
