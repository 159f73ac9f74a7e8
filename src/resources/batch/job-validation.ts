/** Validation of Jobs and Job templates. Upstream: pkg/apis/batch/validation/validation.go */
import { invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { SelectorError, selectorOf } from '../../apimachinery/label-selector.ts';
import { validatePodTemplate } from '../pod-spec/validate.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { atLeastZero, supportedOnly } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';

export function validateJobSpec(spec: batchv1.JobSpec | undefined, path: FieldPath): FieldError[] {
  if (spec === undefined) return [required(path.child('template', 'spec', 'containers'))];
  const errors: FieldError[] = [];
  for (const name of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    errors.push(...atLeastZero(path.child(name), spec[name]));
  }
  errors.push(...supportedOnly(path.child('completionMode'), spec.completionMode, ['Indexed', 'NonIndexed']));
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'));
  if (spec.completionMode !== 'Indexed' && spec.backoffLimitPerIndex !== undefined) errors.push(invalid(path.child('backoffLimitPerIndex'), spec.backoffLimitPerIndex, 'requires indexed completion mode'));
  errors.push(...supportedOnly(path.child('podReplacementPolicy'), spec.podReplacementPolicy, spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']));
  errors.push(...validatePodTemplate(spec.template, path.child('template')), ...validateRestartPolicy(spec, path.child('template', 'spec', 'restartPolicy')));
  return errors;
}

/** A Job's Pods must be able to end. */
function validateRestartPolicy({ template, podFailurePolicy }: batchv1.JobSpec, path: FieldPath): FieldError[] {
  const policy = template?.spec?.restartPolicy;
  if (policy === 'Always' || policy === '' || policy === undefined) return [{ ...required(path), message: 'Required value: valid values: "OnFailure", "Never"' }];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['Never', 'OnFailure'])];
  return podFailurePolicy !== undefined && policy !== 'Never' ? [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')] : [];
}

/** The selector of a stored Job finds its own Pods. */
export function validateSelectorAndLabels({ spec }: batchv1.Job, path: FieldPath): FieldError[] {
  if (spec?.selector === undefined) return [required(path.child('selector'))];
  const wrong = validateLabelSelector(spec.selector, path.child('selector'));
  if (wrong.length > 0) return wrong;
  const labels = spec.template?.metadata?.labels ?? {};
  try {
    if (selectorOf(spec.selector).matches(labels)) return [];
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
  }
  return [invalid(path.child('template', 'metadata', 'labels'), labels, '`selector` does not match template `labels`')];
}
