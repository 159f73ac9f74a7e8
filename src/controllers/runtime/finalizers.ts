/** Finalizers of objects whose end must wait: put on, and taken off when the wait is over. */
import type { KubeObject } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';
import { updateMerged } from './update.ts';

export const hasFinalizer = ({ metadata }: KubeObject, finalizer: string): boolean => metadata.finalizers?.includes(finalizer) === true;

/** Puts the finalizer on (`wanted`) or takes it off. The object must be as it was read: a conflict is thrown, a missing object is no error. */
export async function setFinalizer<T extends KubeObject>(client: ApiClient, kind: Kind<T>, object: T, finalizer: string, wanted: boolean): Promise<void> {
  if (hasFinalizer(object, finalizer) === wanted) return;
  const { finalizers = [] } = object.metadata;
  const next = wanted ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer);
  try {
    await updateMerged(client, kind, object, { metadata: { finalizers: next.length > 0 ? next : null } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
