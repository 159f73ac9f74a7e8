/**
 * Rules that Deployments, ReplicaSets, DaemonSets, StatefulSets and ReplicationControllers share: a selector that picks the
 * template's own labels, Pods that always restart.
 * Upstream: pkg/apis/apps/validation/validation.go
 */
import { forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { SelectorError, selectorOf } from '../../apimachinery/label-selector.ts';
import { validatePodTemplate } from '../pod-spec/validate.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as metav1 from '../types/meta-v1.ts';
import { isEmptySelector, validateLabelSelector } from '../validation/labels.ts';

/** `owner` is the kind as its messages name it: 'deployment'. */
export function validateSelector(selector: metav1.LabelSelector | undefined, owner: string, path: FieldPath): FieldError[] {
  if (selector === undefined) return [required(path)];
  const errors = validateLabelSelector(selector, path);
  if (isEmptySelector(selector)) errors.push(invalid(path, selector, `empty selector is invalid for ${owner}`));
  return errors;
}

/** The template must be one the selector finds again, and its Pods must restart. `path` names the template, `validateForm` checks the rest of it. */
export function validateOwnTemplate(template: corev1.PodTemplateSpec | undefined, selector: metav1.LabelSelector | undefined, owner: string, path: FieldPath, validateForm = validatePodTemplate): FieldError[] {
  if (template === undefined) return [required(path)];
  const labels = template.metadata?.labels ?? {};
  const errors: FieldError[] = [];
  if (selector !== undefined && !isEmptySelector(selector) && !selects(selector, labels)) {
    errors.push(invalid(path.child('metadata', 'labels'), labels, '`selector` does not match template `labels`'));
  }
  return [...errors, ...validateForm(template, path), ...validateAlwaysRestarts(template, owner, path.child('spec'))];
}

function validateAlwaysRestarts({ spec }: corev1.PodTemplateSpec, owner: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always') errors.push(notSupported(path.child('restartPolicy'), policy, ['Always']));
  if (spec?.activeDeadlineSeconds !== undefined) errors.push(forbidden(path.child('activeDeadlineSeconds'), `activeDeadlineSeconds in ${owner} is not Supported`));
  return errors;
}

/** A selector that is itself wrong is reported elsewhere. */
function selects(selector: metav1.LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  try {
    return selectorOf(selector).matches(labels);
  } catch (error) {
    if (error instanceof SelectorError) return true;
    throw error;
  }
}
