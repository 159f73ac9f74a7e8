/**
 * Wakes the owners of Pods: a Pod's controller when the Pod changes, every workload whose selector picks it when it is nobody's.
 */
import type { LabelSelector } from '../../apimachinery/label-selector.ts';
import { controllerOf, objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import type { Controller } from './controller.ts';
import type { Expectations } from './expectations.ts';

export interface PodWatch<T extends KubeObject> {
  readonly controller: Controller;
  readonly pods: Informer<corev1.Pod>;
  readonly owners: Informer<T>;
  readonly selectorOf: (owner: T) => LabelSelector;
  readonly expectations?: Expectations;
}

export function watchPods<T extends KubeObject>({ controller, pods, owners, selectorOf, expectations }: PodWatch<T>): void {
  owners.addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
  const ownerKey = (pod: corev1.Pod): string | undefined => {
    const reference = controllerOf(pod);
    if (!reference || reference.kind !== owners.kind.kind) return undefined;
    const key = `${pod.metadata.namespace ?? ''}/${reference.name}`;
    return owners.get(key)?.metadata.uid === reference.uid ? key : undefined;
  };
  const wakeSelectors = (pod: corev1.Pod): void => {
    for (const owner of owners.byIndex('namespace', pod.metadata.namespace ?? '')) {
      if (selectorOf(owner).matches(pod.metadata.labels)) controller.queue.add(objectKey(owner));
    }
  };
  const gone = (pod: corev1.Pod): void => {
    const key = ownerKey(pod);
    if (key === undefined) return;
    expectations?.deletionObserved(key, pod.metadata.uid ?? '');
    controller.queue.add(key);
  };
  pods.addHandler({
    added: (pod) => {
      if (pod.metadata.deletionTimestamp !== undefined) return gone(pod);
      const key = ownerKey(pod);
      if (key !== undefined) {
        expectations?.creationObserved(key);
        controller.queue.add(key);
      } else if (!controllerOf(pod)) wakeSelectors(pod);
    },
    updated: (pod, old) => {
      if (pod.metadata.deletionTimestamp !== undefined) return gone(pod);
      const before = ownerKey(old);
      const now = ownerKey(pod);
      if (before !== undefined && before !== now) controller.queue.add(before);
      if (now !== undefined) controller.queue.add(now);
      else if (!controllerOf(pod) && (before !== undefined || !sameJson(pod.metadata.labels, old.metadata.labels))) wakeSelectors(pod);
    },
    deleted: gone,
  });
}
