/**
 * Which objects are a controller's own: it adopts orphans that its selector picks and lets go of objects that it no longer does.
 * Upstream: pkg/controller/controller_ref_manager.go
 */
import type { LabelSelector } from '../../apimachinery/label-selector.ts';
import { controllerOf, type KubeObject } from '../../apimachinery/object.ts';
import { isNotFound, isStatus } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import type { Kind } from '../../resources/definition.ts';
import { controlledBy, controllerReference, orphansIn } from './owners.ts';

export interface Claim<O extends KubeObject, T extends KubeObject> {
  readonly client: ApiClient;
  readonly ownerKind: Kind<O>;
  readonly owner: O;
  readonly selector: LabelSelector;
  /** Indexed by indexByController. */
  readonly informer: Informer<T>;
  /** Orphans for which this is false are left alone. Default: all that are not being deleted. */
  readonly adoptable?: (object: T) => boolean;
  /** A finalizer that what is adopted gets, and what is let go loses. */
  readonly finalizer?: string;
}

/** The objects that `owner` controls after adoption and release. */
export async function claim<O extends KubeObject, T extends KubeObject>(of: Claim<O, T>): Promise<T[]> {
  const { owner, selector, informer, adoptable = () => true } = of;
  const { uid, namespace = '', deletionTimestamp } = owner.metadata;
  const kept: T[] = [];
  const strays: T[] = [];
  for (const object of controlledBy(informer, uid)) (selector.matches(object.metadata.labels) ? kept : strays).push(object);
  if (deletionTimestamp !== undefined) return kept;
  const finds = orphansIn(informer, namespace).filter((object) => object.metadata.deletionTimestamp === undefined && selector.matches(object.metadata.labels) && adoptable(object));
  await Promise.all(strays.map((object) => release(of, object)));
  if (finds.length === 0 || !(await mayAdopt(of))) return kept;
  const adopted = await Promise.all(finds.map((object) => adopt(of, object)));
  return [...kept, ...adopted.filter((object) => object !== undefined)];
}

/** The informer may be behind: an owner that is being deleted, or was replaced, must adopt nothing. */
async function mayAdopt<O extends KubeObject, T extends KubeObject>({ client, ownerKind, owner }: Claim<O, T>): Promise<boolean> {
  const { name = '', namespace, uid } = owner.metadata;
  const fresh = await client.of(ownerKind).namespace(namespace).get(name);
  return fresh.metadata.uid === uid && fresh.metadata.deletionTimestamp === undefined;
}

async function adopt<O extends KubeObject, T extends KubeObject>({ client, ownerKind, owner, informer, finalizer }: Claim<O, T>, object: T): Promise<T | undefined> {
  const { name = '', namespace, uid, ownerReferences = [], finalizers = [] } = object.metadata;
  if (controllerOf(object)) return undefined;
  const reference = controllerReference(ownerKind, owner);
  const patch = { metadata: { uid, resourceVersion: object.metadata.resourceVersion, ownerReferences: [...ownerReferences, reference], ...(finalizer === undefined || finalizers.includes(finalizer) ? {} : { finalizers: [...finalizers, finalizer] }) } };
  try {
    return await client.of(informer.kind).namespace(namespace).patch(name, 'merge', patch);
  } catch (error) {
    if (isNotFound(error) || isStatus(error, 'Invalid')) return undefined;
    throw error;
  }
}

async function release<O extends KubeObject, T extends KubeObject>({ client, owner, informer, finalizer }: Claim<O, T>, object: T): Promise<void> {
  if (object.metadata.deletionTimestamp !== undefined) return;
  const { name = '', namespace, uid, resourceVersion, ownerReferences = [], finalizers = [] } = object.metadata;
  const others = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid);
  const patch = { metadata: { uid, resourceVersion, ownerReferences: others.length > 0 ? others : null, ...(finalizer !== undefined && finalizers.includes(finalizer) ? { finalizers: finalizers.filter((one) => one !== finalizer) } : {}) } };
  try {
    await client.of(informer.kind).namespace(namespace).patch(name, 'merge', patch);
  } catch (error) {
    if (!isNotFound(error) && !isStatus(error, 'Invalid')) throw error;
  }
}
