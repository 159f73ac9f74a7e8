/** Reading and writing a Pod's conditions. Other rooms ask these questions too. */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';

export function podCondition(pod: corev1.Pod, type: string): corev1.PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export const hasPodCondition = (pod: corev1.Pod, type: string): boolean => podCondition(pod, type)?.status === 'True';

/**
 * Sets a condition in a draft of a status. lastTransitionTime moves only when the status changes.
 * Returns whether anything changed but lastProbeTime.
 */
export function setPodCondition(status: Draft<corev1.PodStatus>, condition: corev1.PodCondition, now: string): boolean {
  const conditions = (status.conditions ??= []);
  const i = conditions.findIndex(({ type }) => type === condition.type);
  const old = conditions[i];
  if (old === undefined) {
    conditions.push({ lastTransitionTime: now, ...condition });
    return true;
  }
  const sameStatus = old.status === condition.status;
  const same = sameStatus && old.reason === condition.reason && old.message === condition.message && old.observedGeneration === condition.observedGeneration;
  conditions[i] = { ...condition, lastTransitionTime: (sameStatus ? old.lastTransitionTime : condition.lastTransitionTime) ?? now };
  return !same;
}
