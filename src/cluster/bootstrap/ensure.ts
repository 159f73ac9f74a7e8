/** An object that has to be there, by a request like any other. */
import type { KubeObject } from '../../apimachinery/object.ts';
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import type { ApiClient, Writable } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';

/** Creates an object unless one of its name exists; tells whether it did. */
export async function ensure<T extends KubeObject>(client: ApiClient, kind: Kind<T>, object: Writable<T>): Promise<boolean> {
  try {
    await client.of(kind).namespace(object.metadata.namespace).create(object);
    return true;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return false;
  }
}
