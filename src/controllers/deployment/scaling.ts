/**
 * Spreads a change of the Deployment's size over its ReplicaSets: in the middle of a rollout, in proportion.
 * Upstream: pkg/controller/deployment/sync.go (scale)
 */
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { annotatedNumber, desiredAnnotation, maxAnnotation } from './revision.ts';
import { availableOf, byAge, isRolling, maxSurge, replicasOf, total } from './rolling.ts';

type Set = appsv1.ReplicaSet;

export const active = (sets: readonly Set[]): Set[] => sets.filter((set) => replicasOf(set) > 0);

/** Whether the desired size changed since the ReplicaSets were last sized. */
export function isScalingEvent(deployment: appsv1.Deployment, sets: readonly Set[]): boolean {
  return active(sets).some((set) => {
    const before = annotatedNumber(set, desiredAnnotation);
    return before !== undefined && before !== replicasOf(deployment);
  });
}

/** The size each ReplicaSet should have; sets that are not named stay as they are. */
export function scaledSizes(deployment: appsv1.Deployment, old: readonly Set[], newSet: Set | undefined): Map<Set, number> {
  const desired = replicasOf(deployment);
  const one = activeOrLatest(old, newSet);
  if (one) return new Map(replicasOf(one) === desired ? [] : [[one, desired]]);
  if (newSet && isSaturated(deployment, newSet)) return new Map(active(old).map((set) => [set, 0]));
  if (!isRolling(deployment)) return new Map();
  return proportionalSizes(deployment, active(newSet ? [...old, newSet] : old));
}

function activeOrLatest(old: readonly Set[], newSet: Set | undefined): Set | undefined {
  const all = active(newSet ? [...old, newSet] : old);
  if (all.length > 1) return undefined;
  return all[0] ?? newSet ?? [...old].sort(byAge).at(-1);
}

function isSaturated(deployment: appsv1.Deployment, newSet: Set): boolean {
  const desired = replicasOf(deployment);
  return replicasOf(newSet) === desired && annotatedNumber(newSet, desiredAnnotation) === desired && availableOf(newSet) === desired;
}

function proportionalSizes(deployment: appsv1.Deployment, sets: readonly Set[]): Map<Set, number> {
  const desired = replicasOf(deployment);
  const most = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = most - total(sets, replicasOf);
  const bySize = [...sets].sort((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  const sizes = new Map<Set, number>();
  let added = 0;
  for (const set of bySize) {
    const share = toAdd === 0 || replicasOf(set) === 0 ? 0 : (toAdd > 0 ? Math.min : Math.max)(fraction(deployment, set, most), toAdd - added);
    sizes.set(set, replicasOf(set) + share);
    added += share;
  }
  const [first] = bySize;
  if (first && added !== toAdd) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  return sizes;
}

/** By how much a ReplicaSet would grow if all grew alike. */
function fraction(deployment: appsv1.Deployment, set: Set, most: number): number {
  if (replicasOf(deployment) === 0) return -replicasOf(set);
  const before = annotatedNumber(set, maxAnnotation) || (deployment.status?.replicas ?? 0);
  return before === 0 ? 0 : Math.round((replicasOf(set) * most) / before) - replicasOf(set);
}
