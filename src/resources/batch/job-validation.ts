/** Validation of Jobs and Job templates. Upstream: pkg/apis/batch/validation/validation.go */
import { invalid, notSupported, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { SelectorError, selectorOf } from '../../apimachinery/label-selector.ts';
import { validatePodTemplate } from '../pod-spec/validate.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { atLeastZero, supportedOnly, validateDomainPath } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validatePodFailurePolicy } from './pod-failure-policy.ts';
import { validateSuccessPolicy } from './success-policy.ts';

/** Bounds that keep lists of indexes in a status short. */
const most = { parallelism: 100_000, failedIndexes: 100_000, completions: 100_000, parallelismOfMany: 10_000, failedIndexesOfMany: 10_000, managedByBytes: 63 };

const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex'] as const;

/** A Job that is allowed, and whose failed indexes may become too many to write down. */
export function jobSpecWarnings(spec: batchv1.JobSpec | undefined): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? {};
  if (completionMode !== 'Indexed' || completions <= most.completions || parallelism <= most.parallelismOfMany) return [];
  return [
    `In Indexed Jobs with a number of completions higher than ${most.completions} and a parallelism higher than ${most.parallelismOfMany}, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
  ];
}

export function validateJobSpec(spec: batchv1.JobSpec | undefined, path: FieldPath): FieldError[] {
  if (spec === undefined) return [required(path.child('template', 'spec', 'containers'))];
  const errors = counts.flatMap((name) => atLeastZero(path.child(name), spec[name]));
  if (spec.maxFailedIndexes !== undefined) {
    errors.push(...atLeastZero(path.child('maxFailedIndexes'), spec.maxFailedIndexes));
    if (spec.backoffLimitPerIndex === undefined) errors.push(required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) {
    errors.push(...validateDomainPath(spec.managedBy, path.child('managedBy')));
    if (spec.managedBy.length > most.managedByBytes) errors.push(tooLong(path.child('managedBy'), most.managedByBytes));
  }
  errors.push(...supportedOnly(path.child('completionMode'), spec.completionMode, ['NonIndexed', 'Indexed']), ...(spec.completionMode === 'Indexed' ? validateIndexed(spec, path) : validateNonIndexed(spec, path)));
  if (spec.podFailurePolicy !== undefined) errors.push(...validatePodFailurePolicy(spec.podFailurePolicy, spec, path.child('podFailurePolicy')));
  if (spec.successPolicy !== undefined) {
    const at = path.child('successPolicy');
    errors.push(...(spec.completionMode === 'Indexed' ? validateSuccessPolicy(spec.successPolicy, spec.completions ?? 0, at) : [invalid(at, spec.successPolicy, 'requires indexed completion mode')]));
  }
  const replacements = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  errors.push(...supportedOnly(path.child('podReplacementPolicy'), spec.podReplacementPolicy, replacements));
  errors.push(...validatePodTemplate(spec.template, path.child('template')), ...validateRestartPolicy(spec, path.child('template', 'spec', 'restartPolicy')));
  return errors;
}

function validateIndexed({ completions, parallelism = 0, maxFailedIndexes: failed, backoffLimitPerIndex }: batchv1.JobSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const failedPath = path.child('maxFailedIndexes');
  if (completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'));
  if (parallelism > most.parallelism) errors.push(invalid(path.child('parallelism'), parallelism, `must be less than or equal to ${most.parallelism} when completion mode is Indexed`));
  if (completions !== undefined && failed !== undefined && failed > completions) errors.push(invalid(failedPath, failed, 'must be less than or equal to completions'));
  if (failed !== undefined && failed > most.failedIndexes) errors.push(invalid(failedPath, failed, `must be less than or equal to ${most.failedIndexes}`));
  if (completions === undefined || completions <= most.completions || backoffLimitPerIndex === undefined) return errors;
  const many = `when completions are above ${most.completions} and used with backoff limit per index`;
  if (failed === undefined) errors.push(required(failedPath, `must be specified when completions is above ${most.completions}`));
  if (parallelism > most.parallelismOfMany) errors.push(invalid(path.child('parallelism'), parallelism, `must be less than or equal to ${most.parallelismOfMany} ${many}`));
  if (failed !== undefined && failed > most.failedIndexesOfMany) errors.push(invalid(failedPath, failed, `must be less than or equal to ${most.failedIndexesOfMany} ${many}`));
  return errors;
}

function validateNonIndexed(spec: batchv1.JobSpec, path: FieldPath): FieldError[] {
  const fields = ['backoffLimitPerIndex', 'maxFailedIndexes'] as const;
  return fields.flatMap((name) => (spec[name] === undefined ? [] : [invalid(path.child(name), spec[name], 'requires indexed completion mode')]));
}

/** A Job's Pods must be able to end. */
function validateRestartPolicy({ template, podFailurePolicy }: batchv1.JobSpec, path: FieldPath): FieldError[] {
  const policy = template?.spec?.restartPolicy;
  if (policy === 'Always' || policy === '' || policy === undefined) return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])];
  return podFailurePolicy !== undefined && policy !== 'Never' ? [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')] : [];
}

/** The selector of a stored Job finds its own Pods. */
export function validateSelectorAndLabels({ spec }: batchv1.Job, path: FieldPath): FieldError[] {
  if (spec?.selector === undefined) return [required(path.child('selector'))];
  const wrong = validateLabelSelector(spec.selector, path.child('selector'));
  if (wrong.length > 0) return wrong;
  const labels = spec.template?.metadata?.labels ?? {};
  return selects(spec.selector, labels) ? [] : [invalid(path.child('template', 'metadata', 'labels'), labels, '`selector` does not match template `labels`')];
}

/** False too for a selector that cannot be understood: that is reported elsewhere. */
export function selects(selector: NonNullable<batchv1.JobSpec['selector']>, labels: Readonly<Record<string, string>>): boolean {
  try {
    return selectorOf(selector).matches(labels);
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}
