/**
 * Whose end is a claim's end: that of its set, that of its Pod, or nobody's. Said by owner references, which the garbage collector
 * acts on.
 * Upstream: pkg/controller/statefulset/stateful_set_utils.go (updateClaimOwnerRefForSetAndPod)
 */
import type { OwnerReference } from '../../apimachinery/object.ts';
import { statefulSets } from '../../resources/apps/stateful-set.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { controllerReference } from '../runtime/owners.ts';

export type ClaimOwner = 'set' | 'pod' | undefined;

/** `surplus`: the claim's Pod is beyond the set's size. */
export function claimOwner({ spec }: appsv1.StatefulSet, surplus: boolean): ClaimOwner {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec?.persistentVolumeClaimRetentionPolicy ?? {};
  if (surplus && whenScaled === 'Delete') return 'pod';
  return whenDeleted === 'Delete' ? 'set' : undefined;
}

/** The owner references a claim should have; undefined when it has them. Those of others stay; where another controls it, it is left alone. */
export function retainedReferences(claim: corev1.PersistentVolumeClaim, set: appsv1.StatefulSet, pod: corev1.Pod | undefined, surplus: boolean): OwnerReference[] | undefined {
  const owner = claimOwner(set, surplus);
  const wanted = owner === 'set' ? controllerReference(statefulSets, set) : owner === 'pod' && pod !== undefined ? controllerReference(pods, pod) : undefined;
  const present = claim.metadata.ownerReferences ?? [];
  const podName = pod?.metadata.name;
  const others = present.filter(({ kind, name, uid }) => !(uid === set.metadata.uid || (kind === 'Pod' && name === podName)));
  const controlled = others.some(({ controller }) => controller === true);
  const next = wanted === undefined || controlled ? others : [...others, wanted];
  return sameJson(next, present) ? undefined : next;
}
