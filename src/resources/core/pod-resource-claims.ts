/**
 * The ResourceClaims that a Pod uses: named by it, or made for it from a template, and then named in its status.
 * Upstream: k8s.io/dynamic-resource-allocation/resourceclaim
 */
import { controllerOf } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { isFinished } from './pod-readiness.ts';

/** Set where a claim was made for a Pod: which of the Pod's claims it is. */
export const podClaimAnnotation = 'resource.kubernetes.io/pod-claim-name';
/** Keeps an allocated claim until its devices are given back. */
export const claimFinalizer = 'resource.kubernetes.io/delete-protection';
/** How many may use a claim at a time. */
export const mostClaimUsers = 256;

/** What one of a Pod's claims stands for. */
export type ClaimLookup =
  /** `generated`: made for this Pod, and only its own will do. */
  | { readonly state: 'named'; readonly name: string; readonly generated: boolean }
  /** Made from a template, but not yet. */
  | { readonly state: 'awaited' }
  /** The Pod's status says that none is made. */
  | { readonly state: 'needless' };

export function lookUpClaim({ status }: corev1.Pod, { name, resourceClaimName, resourceClaimTemplateName }: corev1.PodResourceClaim): ClaimLookup {
  if (resourceClaimName !== undefined) return { state: 'named', name: resourceClaimName, generated: false };
  if (resourceClaimTemplateName === undefined) return { state: 'needless' };
  const made = status?.resourceClaimStatuses?.find((one) => one.name === name);
  if (made === undefined) return { state: 'awaited' };
  return made.resourceClaimName ? { state: 'named', name: made.resourceClaimName, generated: true } : { state: 'needless' };
}

/** Whether the Pod is the claim's controller. */
export const isClaimOf = (claim: resourcev1.ResourceClaim, pod: corev1.Pod): boolean => controllerOf(claim)?.uid === pod.metadata.uid;

export const notClaimOf = ({ metadata: { namespace = '', name = '' } }: resourcev1.ResourceClaim, pod: corev1.Pod): string =>
  `ResourceClaim ${namespace}/${name} was not created for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''} (pod is not owner)`;

export const isReservedFor = ({ status }: resourcev1.ResourceClaim, pod: corev1.Pod): boolean => (status?.reservedFor ?? []).some(({ uid }) => uid === pod.metadata.uid);

export const canBeReserved = ({ status }: resourcev1.ResourceClaim): boolean => (status?.reservedFor ?? []).length < mostClaimUsers;

/** The entry of `status.reservedFor` for a Pod. */
export const podAsUser = ({ metadata: { name = '', uid = '' } }: corev1.Pod): resourcev1.ResourceClaimConsumerReference => ({ resource: 'pods', name, uid });

/** A Pod that needs its claims no more, or never will: it has finished, or is deleted before it had a node. */
export const isDoneWithClaims = (pod: corev1.Pod): boolean => isFinished(pod) || (pod.metadata.deletionTimestamp !== undefined && !pod.spec?.nodeName);

/** 'namespace/name' of the claims that a Pod is known to use; one for extended resources among them. */
export function usedClaimKeys(pod: corev1.Pod): string[] {
  const names = (pod.spec?.resourceClaims ?? []).flatMap((one) => {
    const found = lookUpClaim(pod, one);
    return found.state === 'named' ? [found.name] : [];
  });
  const extended = pod.status?.extendedResourceClaimStatus?.resourceClaimName;
  return [...names, ...(extended ? [extended] : [])].map((name) => `${pod.metadata.namespace ?? ''}/${name}`);
}
