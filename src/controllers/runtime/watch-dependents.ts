/**
 * Wakes the owners of Pods and ReplicaSets: an object's controller when the object changes, every workload whose selector picks it
 * when it is nobody's.
 */
import type { LabelSelector } from '../../apimachinery/label-selector.ts';
import { controllerOf, objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import type { Controller } from './controller.ts';
import type { Expectations } from './expectations.ts';

export interface DependentWatch<D extends KubeObject, T extends KubeObject> {
  readonly controller: Controller;
  readonly dependents: Informer<D>;
  readonly owners: Informer<T>;
  readonly selectorOf: (owner: T) => LabelSelector;
  readonly expectations?: Expectations;
}

export function watchDependents<D extends KubeObject, T extends KubeObject>({ controller, dependents, owners, selectorOf, expectations }: DependentWatch<D, T>): void {
  owners.addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
  const ownerKey = (object: D): string | undefined => {
    const reference = controllerOf(object);
    if (!reference || reference.kind !== owners.kind.kind) return undefined;
    const key = `${object.metadata.namespace ?? ''}/${reference.name}`;
    return owners.get(key)?.metadata.uid === reference.uid ? key : undefined;
  };
  const wakeSelectors = (object: D): void => {
    for (const owner of owners.byIndex('namespace', object.metadata.namespace ?? '')) {
      if (selectorOf(owner).matches(object.metadata.labels)) controller.queue.add(objectKey(owner));
    }
  };
  const gone = (object: D): void => {
    const key = ownerKey(object);
    if (key === undefined) return;
    expectations?.deletionObserved(key, object.metadata.uid ?? '');
    controller.queue.add(key);
  };
  dependents.addHandler({
    added: (object) => {
      if (object.metadata.deletionTimestamp !== undefined) return gone(object);
      const key = ownerKey(object);
      if (key !== undefined) {
        expectations?.creationObserved(key);
        controller.queue.add(key);
      } else if (!controllerOf(object)) wakeSelectors(object);
    },
    updated: (object, old) => {
      if (object.metadata.deletionTimestamp !== undefined) return gone(object);
      const before = ownerKey(old);
      const now = ownerKey(object);
      if (before !== undefined && before !== now) controller.queue.add(before);
      if (now !== undefined) controller.queue.add(now);
      else if (!controllerOf(object) && (before !== undefined || !sameJson(object.metadata.labels, old.metadata.labels))) wakeSelectors(object);
    },
    deleted: gone,
  });
}
