/** Two lists of tolerations as one. Upstream: pkg/util/tolerations */
import type * as corev1 from '../types/core-v1.ts';
import { sameJson } from '../validation/fields.ts';

/** All of `first`, then all of `second`, without those that another one of them covers; of equal ones the first stays. */
export function mergeTolerations(first: readonly corev1.Toleration[], second: readonly corev1.Toleration[]): readonly corev1.Toleration[] {
  const all = [...first, ...second];
  const kept: corev1.Toleration[] = [];
  all.forEach((one, i) => {
    const isCovered = kept.some((other) => covers(other, one)) || all.slice(i + 1).some((other) => !sameJson(other, one) && covers(other, one));
    if (!isCovered) kept.push(one);
  });
  return kept;
}

/** Whether whatever `small` stands, `large` stands too, and for as long. */
function covers(large: corev1.Toleration, small: corev1.Toleration): boolean {
  if (sameJson(large, small)) return true;
  const anyKey = !large.key && large.operator === 'Exists';
  if ((large.key ?? '') !== (small.key ?? '') && !anyKey) return false;
  if (large.effect && large.effect !== small.effect) return false;
  if (large.effect === 'NoExecute' && large.tolerationSeconds !== undefined && (small.tolerationSeconds ?? Infinity) > large.tolerationSeconds) return false;
  if (large.operator === 'Exists') return true;
  return (large.operator ?? 'Equal') === 'Equal' && (small.operator ?? 'Equal') === 'Equal' && (large.value ?? '') === (small.value ?? '');
}
