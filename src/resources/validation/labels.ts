/**
 * Labels, annotations and label selectors inside objects.
 * Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation
 */
import { forbidden, invalid, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import type * as metav1 from '../types/meta-v1.ts';
import { invalidFor } from './fields.ts';
import { checkLabelValue, checkQualifiedName } from './names.ts';

type Labels = Readonly<Record<string, string>>;

/** All annotations of one object together. */
const totalAnnotationBytes = 256 * 1024;

export function validateLabels(labels: Labels | undefined, path: FieldPath): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidFor(path, key, checkQualifiedName(key)),
    ...invalidFor(path, value, checkLabelValue(value)),
  ]);
}

export function validateAnnotations(annotations: Labels | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  let total = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...invalidFor(path, key, checkQualifiedName(key.toLowerCase())));
    total += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (total > totalAnnotationBytes) errors.push(tooLong(path, totalAnnotationBytes));
  return errors;
}

export function validateLabelSelector(selector: metav1.LabelSelector | undefined, path: FieldPath): FieldError[] {
  if (selector === undefined) return [];
  return [
    ...validateLabels(selector.matchLabels, path.child('matchLabels')),
    ...(selector.matchExpressions ?? []).flatMap((requirement, i) => validateRequirement(requirement, path.child('matchExpressions').index(i))),
  ];
}

function validateRequirement(requirement: metav1.LabelSelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.push(forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    default:
      errors.push(invalid(path.child('operator'), requirement.operator ?? '', 'not a valid selector operator'));
  }
  errors.push(...invalidFor(path.child('key'), requirement.key ?? '', checkQualifiedName(requirement.key ?? '')));
  values.forEach((value, i) => errors.push(...invalidFor(path.child('values').index(i), value, checkLabelValue(value))));
  return errors;
}

/** Whether a selector has no requirement: it selects everything. */
export const isEmptySelector = (selector: metav1.LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

/** A selector as a table shows it: 'app=web,tier in (a,b)', '<none>' when it selects everything or is absent. */
export function selectorText(selector: metav1.LabelSelector | undefined): string {
  return selectorOf(selector).toString() || '<none>';
}
