/**
 * The arithmetic of a rolling update: how far the new ReplicaSet may grow and the old ones shrink now.
 * Upstream: pkg/controller/deployment/rolling.go, pkg/controller/deployment/util/deployment_util.go
 */
import { scaledValue } from '../../resources/int-or-percent.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';

type Set = appsv1.ReplicaSet;

export const replicasOf = ({ spec }: { readonly spec?: { readonly replicas?: number | undefined } | undefined }): number => spec?.replicas ?? 1;
export const availableOf = ({ status }: Set): number => status?.availableReplicas ?? 0;
/** Available Pods that are to stay: a status of before the last shrinking still counts those that it took, which make up for nobody. */
const lastingOf = (set: Set): number => Math.min(availableOf(set), replicasOf(set));
export const total = (sets: readonly Set[], of: (set: Set) => number): number => sets.reduce((sum, set) => sum + of(set), 0);
export const isRolling = (deployment: appsv1.Deployment): boolean => deployment.spec?.strategy?.type !== 'Recreate';

/** Oldest first. */
export const byAge = (a: Set, b: Set): number => {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
};

/** Pods above the desired number. */
export function maxSurge(deployment: appsv1.Deployment): number {
  return isRolling(deployment) ? scaledValue(deployment.spec?.strategy?.rollingUpdate?.maxSurge, replicasOf(deployment), 'up') : 0;
}

/** Pods below the desired number; one where both limits come out as none, or nothing could ever move. */
export function maxUnavailable(deployment: appsv1.Deployment): number {
  const replicas = replicasOf(deployment);
  if (!isRolling(deployment) || replicas === 0) return 0;
  const allowed = scaledValue(deployment.spec?.strategy?.rollingUpdate?.maxUnavailable, replicas, 'down');
  return Math.min(replicas, allowed === 0 && maxSurge(deployment) === 0 ? 1 : allowed);
}

/** The size the new ReplicaSet (undefined: yet to be made) should have now. */
export function newSetSize(deployment: appsv1.Deployment, all: readonly Set[], newSet: Set | undefined): number {
  const desired = replicasOf(deployment);
  const present = newSet ? replicasOf(newSet) : 0;
  if (!isRolling(deployment) || present >= desired) return desired;
  const room = desired + maxSurge(deployment) - total(all, replicasOf);
  return room <= 0 ? present : present + Math.min(room, desired - present);
}

/** New sizes for old ReplicaSets: Pods that do not serve go first, then as many as the new ones make up for. */
export function oldSetSizes(deployment: appsv1.Deployment, old: readonly Set[], newSet: Set): Map<Set, number> {
  const sizes = new Map<Set, number>();
  const sizeOf = (set: Set): number => sizes.get(set) ?? replicasOf(set);
  const all = [...old, newSet];
  const leastAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  let mayGo = total(all, replicasOf) - leastAvailable - (replicasOf(newSet) - availableOf(newSet));
  if (total(old, replicasOf) === 0 || mayGo <= 0) return sizes;
  const oldest = [...old].sort(byAge);
  for (const set of oldest) {
    const unhealthy = Math.min(mayGo, replicasOf(set) - availableOf(set));
    if (unhealthy <= 0) continue;
    sizes.set(set, replicasOf(set) - unhealthy);
    mayGo -= unhealthy;
  }
  let surplus = total(all, lastingOf) - leastAvailable;
  for (const set of oldest) {
    const fewer = Math.min(surplus, sizeOf(set));
    if (fewer <= 0) continue;
    sizes.set(set, sizeOf(set) - fewer);
    surplus -= fewer;
  }
  return sizes;
}
