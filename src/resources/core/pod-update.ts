/**
 * What an update may change of a Pod: images, a shorter deadline, more tolerations, scheduling gates going away; where a gated Pod
 * may go may become narrower.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodUpdate)
 */
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import { validateAnnotationChanges } from '../pod-spec/annotations.ts';
import type * as corev1 from '../types/core-v1.ts';
import { differences } from '../validation/differences.ts';
import { sameJson } from '../validation/fields.ts';

const spec = FieldPath.of('spec');
const rule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodChange(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  const now = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const errors = validateAnnotationChange(pod, old);
  for (const part of ['containers', 'initContainers'] as const) {
    if ((now[part] ?? []).length !== (before[part] ?? []).length) return [...errors, forbidden(spec.child(part), 'pod updates may not add or remove containers')];
  }
  const deadline = validateDeadline(now, before);
  errors.push(...deadline);
  if (deadline.length > 0 && now.activeDeadlineSeconds !== undefined) return errors;
  errors.push(...validateTolerations(now, before), ...validateGates(now, before));
  if (sameJson(now, before)) return errors;
  if ((before.schedulingGates ?? []).length > 0) errors.push(...validateNarrowing(now, before));
  const rest = withAllowedChanges(now, before);
  if (!sameJson(rest, before)) errors.push(forbidden(spec, `${rule}\n${differences(before, rest)}`));
  return errors;
}

/** Holds for every way a Pod is written. */
export function validateAnnotationChange(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  const [now, before] = [pod.metadata.annotations, old.metadata.annotations];
  return now === undefined && before === undefined ? [] : validateAnnotationChanges(now ?? {}, before ?? {}, FieldPath.of('metadata', 'annotations'));
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
    keep(rest, before, 'nodeSelector');
    keepNodeAffinity(rest, before);
  }
  return rest;
}

function keep(rest: Draft<corev1.PodSpec>, before: corev1.PodSpec, field: keyof corev1.PodSpec): void {
  const target = rest as Record<string, unknown>;
  if (before[field] === undefined) delete target[field];
  else target[field] = before[field];
}

function keepNodeAffinity(rest: Draft<corev1.PodSpec>, before: corev1.PodSpec): void {
  const old = before.affinity?.nodeAffinity;
  if (old !== undefined) rest.affinity = { ...rest.affinity, nodeAffinity: draft(old) };
  else if (rest.affinity !== undefined) {
    delete rest.affinity.nodeAffinity;
    if (before.affinity === undefined && Object.keys(rest.affinity).length === 0) delete rest.affinity;
  }
}

/** Node selector and required node affinity of a gated Pod may only rule out more nodes. */
function validateNarrowing(now: corev1.PodSpec, before: corev1.PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  const kept = Object.entries(before.nodeSelector ?? {}).every(([key, value]) => now.nodeSelector?.[key] === value);
  if (!kept) errors.push(invalid(spec.child('nodeSelector'), now.nodeSelector, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
  const oldTerms = before.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (oldTerms.length === 0) return errors;
  const terms = now.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const path = spec.child('affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  if (terms.length !== oldTerms.length) return [...errors, invalid(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  oldTerms.forEach((old, i) => {
    const term = terms[i];
    if (term !== undefined && !onlyAdds(term, old)) errors.push(invalid(path.index(i), term, 'only additions are allowed (no mutations or deletions)'));
  });
  return errors;
}

/** An empty term picks nothing: anything added to it would widen it. */
function onlyAdds(now: corev1.NodeSelectorTerm, before: corev1.NodeSelectorTerm): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  const size = (term: corev1.NodeSelectorTerm): number => parts.reduce((sum, part) => sum + (term[part] ?? []).length, 0);
  if (size(before) === 0) return size(now) === 0;
  return parts.every((part) => (before[part] ?? []).every((one, i) => sameJson(now[part]?.[i], one)));
}

function validateDeadline({ activeDeadlineSeconds: now }: corev1.PodSpec, { activeDeadlineSeconds: before }: corev1.PodSpec): FieldError[] {
  if (before === undefined) return [];
  const path = spec.child('activeDeadlineSeconds');
  if (now === undefined) return [invalid(path, now, 'must not update from a positive integer to nil value')];
  return now > before ? [invalid(path, now, 'must be less than or equal to previous value')] : [];
}

function validateTolerations(now: corev1.PodSpec, before: corev1.PodSpec): FieldError[] {
  if (before.tolerations === undefined || before.tolerations === now.tolerations) return [];
  const same = (a: corev1.Toleration, b: corev1.Toleration): boolean => sameJson({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined });
  const kept = before.tolerations.every((one) => (now.tolerations ?? []).some((other) => same(one, other)));
  return kept ? [] : [forbidden(spec.child('tolerations'), 'existing toleration can not be modified except its tolerationSeconds')];
}

function validateGates(now: corev1.PodSpec, before: corev1.PodSpec): FieldError[] {
  if (now.schedulingGates === undefined) return [];
  const known = new Set((before.schedulingGates ?? []).map(({ name }) => name));
  return now.schedulingGates.flatMap(({ name }, i) => (known.has(name) ? [] : [forbidden(spec.child('schedulingGates').index(i).child('name'), `only deletion is allowed, but found new scheduling gate '${name}'`)]));
}
