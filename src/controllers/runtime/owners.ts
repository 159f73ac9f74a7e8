/** Owner references: making them, and asking informers by them. */
import { controllerOf, type KubeObject, type OwnerReference } from '../../apimachinery/object.ts';
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import type { Informer } from '../../client/informer.ts';
import type { InvolvedObject } from '../../client/event-recorder.ts';
import type { Kind } from '../../resources/definition.ts';

/** The reference that makes `owner` the controller of what carries it. */
export function controllerReference<T extends KubeObject>(kind: Kind<T>, owner: T): OwnerReference {
  const { name = '', uid = '' } = owner.metadata;
  return { apiVersion: formatApiVersion(kind), kind: kind.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** `object` as events name it, whether or not it came with its kind. */
export function involved<T extends KubeObject>(kind: Kind<T>, object: T): InvolvedObject {
  const { name = '', namespace, uid, resourceVersion } = object.metadata;
  return { apiVersion: formatApiVersion(kind), kind: kind.kind, name, namespace, uid, resourceVersion };
}

const index = 'controller';
const orphansOf = (namespace: string): string => `orphan/${namespace}`;

/** Indexes an informer's objects by the uid of their controller; `controlledBy` and `orphansIn` then read it. */
export function indexByController<T extends KubeObject>(informer: Informer<T>): Informer<T> {
  return informer.addIndex(index, (object) => [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace ?? '')]);
}

export const controlledBy = <T extends KubeObject>(informer: Informer<T>, uid: string | undefined): T[] => (uid === undefined ? [] : informer.byIndex(index, uid));

/** Objects of a namespace that no controller owns. */
export const orphansIn = <T extends KubeObject>(informer: Informer<T>, namespace: string): T[] => informer.byIndex(index, orphansOf(namespace));
