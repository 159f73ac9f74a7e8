/**
 * Makes the claims of Pods' generic ephemeral volumes. The Pod owns its claim, so that it goes with the Pod; a claim of that name that is
 * not the Pod's stays as it is, and the Pod waits.
 * Upstream: pkg/controller/volume/ephemeral/controller.go
 */
import { messageOf } from '../../base/errors.ts';
import { objectKey } from '../../apimachinery/object.ts';
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { isFinished } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { claimNameOf } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { controllerReference, involved } from '../runtime/owners.ts';

const byEphemeralClaim = 'ephemeralClaim';

export const ephemeralVolumeController: ControllerFactory = (context) => {
  const { client, informers } = context;
  const podInformer = informers.of(pods).addIndex(byEphemeralClaim, claimKeys);
  const claims = informers.of(persistentVolumeClaims);
  const recorder = context.recorder('ephemeral_volume');

  const ensureClaim = async (pod: corev1.Pod, volume: corev1.Volume): Promise<void> => {
    const { namespace } = pod.metadata;
    const name = claimNameOf(pod, volume) ?? '';
    const present = claims.get(`${namespace ?? ''}/${name}`);
    if (present) {
      if (present.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid)) return;
      throw new Error(`PVC ${namespace ?? ''}/${name} was not created for pod ${namespace ?? ''}/${pod.metadata.name ?? ''} (pod is not owner)`);
    }
    const { metadata, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
    const { labels, annotations } = metadata ?? {};
    await client.of(persistentVolumeClaims).namespace(namespace).create({
      metadata: { name, namespace, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}), ownerReferences: [controllerReference(pods, pod)] },
      ...(spec ? { spec } : {}),
    });
  };

  const controller = new Controller(context, {
    name: 'ephemeral-volume-controller',
    async reconcile(key) {
      const pod = podInformer.get(key);
      if (!pod || pod.metadata.deletionTimestamp !== undefined || isFinished(pod)) return;
      for (const volume of pod.spec?.volumes ?? []) {
        if (!volume.ephemeral) continue;
        try {
          await ensureClaim(pod, volume);
        } catch (error) {
          // The informer was behind; the claim is looked at when it shows there.
          if (!isAlreadyExists(error)) recorder.event(involved(pods, pod), 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${messageOf(error)}`);
          throw error;
        }
      }
    },
  });
  controller.watch(podInformer, (pod) => pod.spec?.volumes?.some(({ ephemeral }) => ephemeral !== undefined) === true);
  claims.addHandler({
    deleted: (claim) => {
      for (const pod of podInformer.byIndex(byEphemeralClaim, objectKey(claim))) controller.queue.add(objectKey(pod));
    },
  });
  return running(controller);
};

const claimKeys = (pod: corev1.Pod): string[] => (pod.spec?.volumes ?? []).flatMap((volume) => (volume.ephemeral ? [`${pod.metadata.namespace ?? ''}/${claimNameOf(pod, volume) ?? ''}`] : []));
