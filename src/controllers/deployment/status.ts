/**
 * What a Deployment says of itself, and whether its rollout gets on.
 * Upstream: pkg/controller/deployment/progress.go, pkg/controller/deployment/sync.go (calculateStatus)
 */
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { findCondition, withoutCondition } from '../runtime/conditions.ts';
import { availableOf, maxUnavailable, replicasOf, total } from './rolling.ts';

type Condition = appsv1.DeploymentCondition;

export interface Now {
  readonly ms: number;
  readonly text: string;
}

/** The largest deadline stands for none. */
const noDeadline = 2 ** 31 - 1;
export const deadlineOf = ({ spec }: appsv1.Deployment): number | undefined => (spec?.progressDeadlineSeconds === noDeadline ? undefined : spec?.progressDeadlineSeconds);

export function deploymentStatus(deployment: appsv1.Deployment, all: readonly appsv1.ReplicaSet[], newSet: appsv1.ReplicaSet | undefined, now: Now): appsv1.DeploymentStatus {
  const available = total(all, availableOf);
  const terminating = all.some(({ status }) => status?.terminatingReplicas !== undefined) ? total(all, ({ status }) => status?.terminatingReplicas ?? 0) : undefined;
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const availability = enough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: total(all, ({ status }) => status?.replicas ?? 0) || undefined,
    updatedReplicas: newSet?.status?.replicas || undefined,
    readyReplicas: total(all, ({ status }) => status?.readyReplicas ?? 0) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, total(all, replicasOf) - available) || undefined,
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    collisionCount: deployment.status?.collisionCount,
    conditions: setCondition(deployment.status?.conditions, availability, now.text),
  };
}

/** Adds what the rollout's course says to a status: Progressing, and failures of the ReplicaSets. */
export function withProgress(deployment: appsv1.Deployment, status: appsv1.DeploymentStatus, sets: readonly appsv1.ReplicaSet[], newSet: appsv1.ReplicaSet | undefined, now: Now): appsv1.DeploymentStatus {
  let conditions = status.conditions ?? [];
  if (deadlineOf(deployment) === undefined) conditions = withoutCondition(conditions, 'Progressing');
  else conditions = progressCondition(deployment, status, newSet, now);
  const failure = [newSet, ...sets].flatMap((set) => findCondition(set?.status?.conditions, 'ReplicaFailure') ?? [])[0];
  conditions = failure ? setCondition(conditions, { type: 'ReplicaFailure', status: failure.status, reason: failure.reason, message: failure.message }, now.text) : withoutCondition(conditions, 'ReplicaFailure');
  return { ...status, conditions };
}

function progressCondition(deployment: appsv1.Deployment, status: appsv1.DeploymentStatus, newSet: appsv1.ReplicaSet | undefined, now: Now): readonly Condition[] {
  const conditions = status.conditions ?? [];
  const current = findCondition(conditions, 'Progressing');
  const wasComplete = current?.reason === 'NewReplicaSetAvailable' && (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  if (wasComplete) return conditions;
  const what = newSet ? `ReplicaSet "${newSet.metadata.name ?? ''}"` : `Deployment "${deployment.metadata.name ?? ''}"`;
  if (isComplete(deployment, status)) return setCondition(conditions, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `${what} has successfully progressed.` }, now.text);
  if (gotOn(deployment.status ?? {}, status)) {
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    const moving = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${what} is progressing.`, lastUpdateTime: now.text, lastTransitionTime: since ?? now.text };
    return [...withoutCondition(conditions, 'Progressing'), moving];
  }
  if (timeLeft(deployment, current, now.ms) > 0) return conditions;
  return setCondition(conditions, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: `${what} has timed out progressing.` }, now.text);
}

/** All Pods are of the new template and available, and no old ones are left. */
export function isComplete(deployment: appsv1.Deployment, status: appsv1.DeploymentStatus): boolean {
  const desired = replicasOf(deployment);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  return updatedReplicas === desired && replicas === desired && availableReplicas === desired && observedGeneration >= (deployment.metadata.generation ?? 0);
}

function gotOn(before: appsv1.DeploymentStatus, after: appsv1.DeploymentStatus): boolean {
  const old = (status: appsv1.DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  const more = (field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'): boolean => (after[field] ?? 0) > (before[field] ?? 0);
  return more('updatedReplicas') || old(after) < old(before) || more('readyReplicas') || more('availableReplicas');
}

/** How long, in ms, the rollout may still stand still; Infinity where it has no deadline or nothing to wait for. */
export function timeLeft(deployment: appsv1.Deployment, current: Condition | undefined, now: number): number {
  const deadline = deadlineOf(deployment);
  if (deadline === undefined || current === undefined || current.reason === 'NewReplicaSetAvailable') return Infinity;
  if (current.reason === 'ProgressDeadlineExceeded') return 0;
  if (current.reason === 'DeploymentPaused') return Infinity;
  return Date.parse(current.lastUpdateTime ?? '') + deadline * 1000 - now;
}

/** Upstream keeps a condition whose status and reason stay as it is, message and times included. */
export function setCondition(conditions: readonly Condition[] | undefined, condition: Condition, now: string): readonly Condition[] {
  const old = findCondition(conditions, condition.type);
  if (old && old.status === condition.status && old.reason === condition.reason) return conditions ?? [];
  const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  return [...withoutCondition(conditions, condition.type), { ...condition, lastUpdateTime: now, lastTransitionTime }];
}
