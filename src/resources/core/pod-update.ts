/**
 * What an update may change of a Pod: images, a shorter deadline, more tolerations, scheduling gates going away.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodUpdate)
 */
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import { sameJson } from '../validation/fields.ts';
import { differences } from '../validation/differences.ts';

const spec = FieldPath.of('spec');
const rule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodChange(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  const now = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const counts = (['containers', 'initContainers'] as const).flatMap((part) =>
    (now[part] ?? []).length === (before[part] ?? []).length ? [] : [forbidden(spec.child(part), 'pod updates may not add or remove containers')],
  );
  if (counts.length > 0) return counts;
  const errors = [...validateDeadline(now, before), ...validateTolerations(now, before), ...validateGates(now, before)];
  const rest = withAllowedChanges(now, before);
  if (!sameJson(rest, before)) errors.push(forbidden(spec, `${rule}\n${differences(before, rest)}`));
  return errors;
}

/** The new spec, with the old value wherever a change is allowed: what still differs is forbidden. */
function withAllowedChanges(now: corev1.PodSpec, before: corev1.PodSpec): Draft<corev1.PodSpec> {
  const rest = draft(now);
  for (const part of ['containers', 'initContainers'] as const) {
    (rest[part] ?? []).forEach((container, i) => {
      const image = before[part]?.[i]?.image;
      if (image !== undefined) container.image = image;
    });
  }
  keep(rest, before, 'activeDeadlineSeconds');
  keep(rest, before, 'tolerations');
  keep(rest, before, 'schedulingGates');
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && now.terminationGracePeriodSeconds === 1) keep(rest, before, 'terminationGracePeriodSeconds');
  if ((before.schedulingGates ?? []).length > 0) {
    // A gated Pod may still be told where to go: its node selector and affinity may become narrower.
    const narrower = Object.entries(before.nodeSelector ?? {}).every(([key, value]) => now.nodeSelector?.[key] === value);
    if (narrower) keep(rest, before, 'nodeSelector');
    if (before.affinity?.nodeAffinity === undefined && now.affinity?.nodeAffinity !== undefined) keep(rest, before, 'affinity');
  }
  return rest;
}

function keep(rest: Draft<corev1.PodSpec>, before: corev1.PodSpec, field: keyof corev1.PodSpec): void {
  const target = rest as Record<string, unknown>;
  if (before[field] === undefined) delete target[field];
  else target[field] = before[field];
}

function validateDeadline({ activeDeadlineSeconds: now }: corev1.PodSpec, { activeDeadlineSeconds: before }: corev1.PodSpec): FieldError[] {
  if (before === undefined) return [];
  const path = spec.child('activeDeadlineSeconds');
  if (now === undefined) return [invalid(path, now, 'must not update from a positive integer to nil value')];
  return now > before ? [invalid(path, now, 'must be less than or equal to previous value')] : [];
}

function validateTolerations(now: corev1.PodSpec, before: corev1.PodSpec): FieldError[] {
  const path = spec.child('tolerations');
  const same = (a: corev1.Toleration, b: corev1.Toleration): boolean => sameJson({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined });
  const kept = (before.tolerations ?? []).every((one) => (now.tolerations ?? []).some((other) => same(one, other)));
  return kept ? [] : [forbidden(path, 'existing toleration can not be modified except its tolerationSeconds')];
}

function validateGates(now: corev1.PodSpec, before: corev1.PodSpec): FieldError[] {
  const known = new Set((before.schedulingGates ?? []).map(({ name }) => name));
  const added = (now.schedulingGates ?? []).filter(({ name }) => !known.has(name));
  return added.length === 0 ? [] : [forbidden(spec.child('schedulingGates'), `only deletion is allowed, but found new scheduling gate '${added[0]?.name ?? ''}'`)];
}
