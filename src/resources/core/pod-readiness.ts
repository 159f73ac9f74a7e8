/**
 * Whether a Pod is ready, available, finished: the questions Services, workloads and nodes ask of it.
 * Upstream: pkg/api/v1/pod/util.go
 */
import type * as corev1 from '../types/core-v1.ts';
import { hasPodCondition, podCondition } from './pod-conditions.ts';

export const isReady = (pod: corev1.Pod): boolean => hasPodCondition(pod, 'Ready');

/** Succeeded or Failed: no container will run again. */
export const isFinished = (pod: corev1.Pod): boolean => isFinalPhase(pod.status?.phase);
export const isFinalPhase = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed';

export const isTerminating = (pod: corev1.Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** Neither finished nor being deleted: workloads count these. */
export const isActive = (pod: corev1.Pod): boolean => !isFinished(pod) && !isTerminating(pod);

/** When the Pod became ready, in ms; undefined while it is not. */
export function readySince(pod: corev1.Pod): number | undefined {
  const condition = podCondition(pod, 'Ready');
  if (condition?.status !== 'True') return undefined;
  return condition.lastTransitionTime === undefined ? 0 : Date.parse(condition.lastTransitionTime);
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: corev1.Pod, minReadySeconds: number, now: number): boolean {
  const since = readySince(pod);
  return since !== undefined && (minReadySeconds === 0 || since + minReadySeconds * 1000 <= now);
}

/** Every condition named by the Pod's readiness gates is True. */
export const gatesPass = (pod: corev1.Pod): boolean => (pod.spec?.readinessGates ?? []).every(({ conditionType }) => hasPodCondition(pod, conditionType));
