/**
 * Makes the ResourceClaims of Pods that name templates, and looks after all claims: a Pod that is done uses its claims no more, a claim
 * that nobody uses gives its devices back, and one that was made for a Pod goes when the Pod is done.
 * Upstream: pkg/controller/resourceclaim/controller.go
 */
import { messageOf } from '../../base/errors.ts';
import { objectKey } from '../../apimachinery/object.ts';
import { canBeReserved, isDoneWithClaims, isReservedFor, lookUpClaim, podAsUser, usedClaimKeys } from '../../resources/core/pod-resource-claims.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import { resourceClaimTemplates } from '../../resources/resource/resource-claim-template.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { involved } from '../runtime/owners.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { ClaimCare } from './claim-care.ts';
import { ClaimMaker } from './claim-maker.ts';

const byClaim = 'resourceClaim';
const podPrefix = 'pod:';
const claimPrefix = 'claim:';

const usesClaims = ({ spec, status }: corev1.Pod): boolean => (spec?.resourceClaims ?? []).length > 0 || status?.extendedResourceClaimStatus !== undefined;

export const resourceClaimController: ControllerFactory = (context) => {
  const { client, informers } = context;
  const podInformer = informers.of(pods).addIndex(byClaim, usedClaimKeys);
  const claims = informers.of(resourceClaims);
  const maker = new ClaimMaker({ client, claims, templates: informers.of(resourceClaimTemplates) });
  const care = new ClaimCare({ client, claims, pods: podInformer });
  const recorder = context.recorder('resource_claim');

  /** Claims that others allocated for a Pod that was given its node by hand are reserved here. */
  const reserve = async (pod: corev1.Pod): Promise<void> => {
    for (const key of usedClaimKeys(pod)) {
      const claim = claims.get(key);
      if (claim?.status?.allocation === undefined || isReservedFor(claim, pod) || !canBeReserved(claim)) continue;
      await writeStatus(client, resourceClaims, claim, { ...claim.status, reservedFor: [...(claim.status.reservedFor ?? []), podAsUser(pod)] });
    }
  };

  const reconcilePod = async (key: string): Promise<void> => {
    const pod = podInformer.get(key);
    if (!pod || pod.metadata.deletionTimestamp !== undefined || isDoneWithClaims(pod)) return;
    const made: corev1.PodResourceClaimStatus[] = [];
    for (const podClaim of pod.spec?.resourceClaims ?? []) {
      try {
        const name = await maker.make(pod, podClaim);
        if (name !== undefined) made.push({ name: podClaim.name, resourceClaimName: name });
      } catch (error) {
        recorder.event(involved(pods, pod), 'Warning', 'FailedResourceClaimCreation', `PodResourceClaim ${podClaim.name}: ${messageOf(error)}`);
        throw error;
      }
    }
    const { name = '', namespace, uid } = pod.metadata;
    if (made.length > 0) await client.of(pods).namespace(namespace).patch(name, 'strategic', { metadata: { uid }, status: { resourceClaimStatuses: made } }, { subresource: 'status' });
    if (pod.spec?.nodeName) await reserve(pod);
  };

  const controller = new Controller(context, {
    name: 'resource-claim-controller',
    reconcile: (key) => (key.startsWith(podPrefix) ? reconcilePod(key.slice(podPrefix.length)) : care.reconcile(key.slice(claimPrefix.length))),
  });
  const podChanged = (pod: corev1.Pod): void => {
    if (!usesClaims(pod)) return;
    controller.queue.add(`${podPrefix}${objectKey(pod)}`);
    for (const key of usedClaimKeys(pod)) controller.queue.add(`${claimPrefix}${key}`);
  };
  podInformer.addHandler({
    added: podChanged,
    updated: podChanged,
    deleted: (pod) => {
      maker.forget(pod);
      podChanged(pod);
    },
  });
  const claimChanged = (claim: resourcev1.ResourceClaim): void => {
    const key = objectKey(claim);
    controller.queue.add(`${claimPrefix}${key}`);
    for (const pod of podInformer.byIndex(byClaim, key)) controller.queue.add(`${podPrefix}${objectKey(pod)}`);
  };
  claims.addHandler({
    added: (claim) => {
      maker.shown(claim);
      claimChanged(claim);
    },
    updated: claimChanged,
    deleted: claimChanged,
  });
  // A Pod may be there before the template it names.
  informers.of(resourceClaimTemplates).addHandler({
    added: ({ metadata }) => {
      for (const pod of podInformer.list()) {
        const waits = pod.metadata.namespace === metadata.namespace && pod.spec?.resourceClaims?.some((one) => one.resourceClaimTemplateName === metadata.name && lookUpClaim(pod, one).state === 'awaited');
        if (waits) controller.queue.add(`${podPrefix}${objectKey(pod)}`);
      }
    },
  });
  return running(controller);
};
