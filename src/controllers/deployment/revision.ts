/** The annotations by which a Deployment and its ReplicaSets keep their history. Upstream: pkg/controller/deployment/util */
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import { maxSurge, replicasOf } from './rolling.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas';
const notCopied = new Set(['kubectl.kubernetes.io/last-applied-configuration', revisionAnnotation, historyAnnotation, desiredAnnotation, maxAnnotation, 'deprecated.deployment.rollback.to']);
/** A longer history is cut from its old end. */
const longestHistory = 2000;

export type Annotations = Readonly<Record<string, string>>;

export function revisionOf(set: appsv1.ReplicaSet): number {
  const value = Number(set.metadata.annotations?.[revisionAnnotation] ?? 0);
  return Number.isInteger(value) ? value : 0;
}

export const nextRevision = (old: readonly appsv1.ReplicaSet[]): number => old.reduce((most, set) => Math.max(most, revisionOf(set)), 0) + 1;

/** The annotations of the ReplicaSet in force: the Deployment's own, and the revision, which only grows. */
export function newSetAnnotations(deployment: appsv1.Deployment, set: appsv1.ReplicaSet | undefined, revision: number): Annotations {
  const before = set?.metadata.annotations ?? {};
  const next: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!notCopied.has(key)) next[key] = value;
  const old = set ? revisionOf(set) : 0;
  if (old < revision) {
    next[revisionAnnotation] = String(revision);
    if (old > 0) {
      const history = [...(before[historyAnnotation] ?? '').split(',').filter(Boolean), String(old)];
      while (history.join(',').length > longestHistory) history.shift();
      next[historyAnnotation] = history.join(',');
    }
  }
  return set ? next : { ...next, ...scaleAnnotations(deployment) };
}

/** What a ReplicaSet remembers of the Deployment's size, by which a change of size is known from a rollout. */
export function scaleAnnotations(deployment: appsv1.Deployment): Annotations {
  const replicas = replicasOf(deployment);
  return { [desiredAnnotation]: String(replicas), [maxAnnotation]: String(replicas + maxSurge(deployment)) };
}

/** The number in an annotation of a ReplicaSet. */
export function annotatedNumber(set: appsv1.ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
