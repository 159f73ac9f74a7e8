/** The objects every cluster begins with. What exists already is left as it is, but for RBAC roles, which regain rules they lost. */
import type { KubeObject } from '../../apimachinery/object.ts';
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import type { ApiClient, Writable } from '../../client/client.ts';
import type { Kind } from '../../resources/definition.ts';
import { namespaces } from '../../resources/core/namespace.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export async function ensureBootstrapObjects(client: ApiClient): Promise<void> {
  await Promise.all(systemNamespaces.map((name) => ensure(client, namespaces, { metadata: { name } })));
}

/** Creates an object unless one of its name exists. */
export async function ensure<T extends KubeObject>(client: ApiClient, kind: Kind<T>, object: Writable<T>): Promise<void> {
  try {
    await client.of(kind).namespace(object.metadata.namespace).create(object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
