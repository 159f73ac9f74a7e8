/**
 * A claim that Pods on nodes use is not deleted before they are. Pods that have no node yet do not count: they are not started with a
 * claim that is being deleted.
 * Upstream: pkg/controller/volume/pvcprotection/pvc_protection_controller.go
 */
import { objectKey, splitKey } from '../../apimachinery/object.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { isFinished } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { claimNameOf, claimProtection } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { hasFinalizer, setFinalizer } from '../runtime/finalizers.ts';

const byClaim = 'claim';

export const claimProtectionController: ControllerFactory = (context) => {
  const { client, informers } = context;
  const claims = informers.of(persistentVolumeClaims);
  const podInformer = informers.of(pods).addIndex(byClaim, claimKeysOf);
  const controller = new Controller(context, {
    name: 'pvc-protection-controller',
    async reconcile(key) {
      const claim = claims.get(key);
      if (!claim) return;
      if (claim.metadata.deletionTimestamp === undefined) return setFinalizer(client, persistentVolumeClaims, claim, claimProtection, true);
      if (!hasFinalizer(claim, claimProtection) || podInformer.byIndex(byClaim, key).some((pod) => uses(pod, claim))) return;
      // The informer may be behind a Pod that was given a node just now.
      const { namespace } = splitKey(key);
      const now = (await client.of(pods).namespace(namespace).list()).items;
      if (!now.some((pod) => claimKeysOf(pod).includes(key) && uses(pod, claim))) await setFinalizer(client, persistentVolumeClaims, claim, claimProtection, false);
    },
  });
  controller.watch(claims, (claim) => claim.metadata.deletionTimestamp !== undefined || !hasFinalizer(claim, claimProtection));
  const wake = (pod: corev1.Pod): void => {
    for (const key of claimKeysOf(pod)) if (claims.get(key)?.metadata.deletionTimestamp !== undefined) controller.queue.add(key);
  };
  podInformer.addHandler({ updated: wake, deleted: wake });
  return running(controller);
};

function uses(pod: corev1.Pod, claim: corev1.PersistentVolumeClaim): boolean {
  if (!pod.spec?.nodeName) return false;
  return (pod.spec.volumes ?? []).some((volume) => {
    if (claimNameOf(pod, volume) !== claim.metadata.name) return false;
    return volume.ephemeral === undefined || (!isFinished(pod) && claim.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid) === true);
  });
}

const claimKeysOf = (pod: corev1.Pod): string[] => (pod.spec?.volumes ?? []).flatMap((volume) => {
  const name = claimNameOf(pod, volume);
  return name === undefined ? [] : [objectKey({ metadata: { namespace: pod.metadata.namespace, name } })];
});
