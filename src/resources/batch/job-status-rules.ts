/**
 * What a Job's controller may report: an end is final, and is reached with nothing running.
 * Upstream: pkg/apis/batch/validation/validation.go (validateJobStatus, ValidateJobStatusUpdate)
 */
import { FieldPath, invalid, invalidWhole, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { atLeastZero } from '../validation/fields.ts';
import { countIndexes } from './success-policy.ts';

const path = FieldPath.of('status');
const conditionsPath = path.child('conditions');

const has = (job: batchv1.Job, type: string): boolean => (job.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

export function validateJobStatus(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const status = job.status ?? {};
  const before = old.status ?? {};
  const errors = (['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((name) => atLeastZero(path.child(name), status[name]));
  errors.push(...validateConditions(job, old), ...validateTimes(job, old), ...validateIndexes(job));
  if ((status.ready ?? 0) > (status.active ?? 0) && !sameCounts(status, before)) errors.push(invalid(path.child('ready'), status.ready, 'cannot set more ready pods than active'));
  for (const name of ['failed', 'succeeded'] as const) {
    const shrinks = (status[name] ?? 0) < (before[name] ?? 0) && job.spec?.completionMode !== 'Indexed';
    if (shrinks) errors.push(invalid(path.child(name), status[name] ?? 0, `cannot decrease the ${name} counter`));
  }
  return errors;
}

const sameCounts = (a: batchv1.JobStatus, b: batchv1.JobStatus): boolean => a.ready === b.ready && a.active === b.active;

/** Pairs of conditions that exclude each other, as the messages write them. */
const exclusive = [
  ['Complete', 'Failed', 'cannot set Complete=True and Failed=true conditions'],
  ['Complete', 'FailureTarget', 'cannot set Complete=True and FailureTarget=true conditions'],
  ['SuccessCriteriaMet', 'Failed', 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
  ['SuccessCriteriaMet', 'FailureTarget', 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'],
] as const;

function validateConditions(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const errors: FieldError[] = [];
  for (const [a, b, message] of exclusive) if (has(job, a) && has(job, b)) errors.push(invalidWhole(conditionsPath, message));
  for (const type of ['Failed', 'Complete', 'FailureTarget']) if (has(old, type) && !has(job, type)) errors.push(invalidWhole(conditionsPath, `cannot disable the terminal ${type}=True condition`));
  if (has(old, 'SuccessCriteriaMet') && !has(job, 'SuccessCriteriaMet')) errors.push(invalidWhole(conditionsPath, 'cannot disable the SuccessCriteriaMet=True condition'));
  if (job.spec?.successPolicy !== undefined && has(job, 'Complete') && !has(job, 'SuccessCriteriaMet')) errors.push(invalidWhole(conditionsPath, 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'));
  const ends = (has(job, 'Complete') && !has(old, 'Complete')) || (has(job, 'Failed') && !has(old, 'Failed'));
  const { active = 0, terminating = 0 } = job.status ?? {};
  if (ends && active > 0) errors.push(invalid(path.child('active'), active, 'active>0 is invalid for finished job'));
  if (ends && terminating > 0) errors.push(invalid(path.child('terminating'), terminating, 'terminating>0 is invalid for finished job'));
  return errors;
}

function validateTimes(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const { startTime, completionTime } = job.status ?? {};
  const before = old.status ?? {};
  const at = path.child('completionTime');
  const errors: FieldError[] = [];
  if (completionTime !== undefined && !has(job, 'Complete')) errors.push(invalid(at, completionTime, 'cannot set completionTime when there is no Complete=True condition'));
  if (completionTime === undefined && has(job, 'Complete') && !has(old, 'Complete')) errors.push(required(at, 'completionTime is required for Complete jobs'));
  if (startTime !== undefined && completionTime !== undefined && Date.parse(completionTime) < Date.parse(startTime)) errors.push(invalid(at, completionTime, 'must be equal to or after `startTime`'));
  if (completionTime !== undefined && before.completionTime !== undefined && completionTime !== before.completionTime) errors.push(invalid(at, completionTime, 'field is immutable'));
  const restarted = before.startTime !== undefined && startTime !== before.startTime && job.spec?.suspend !== true && old.spec?.suspend !== true && !has(old, 'Suspended');
  if (restarted) errors.push(required(path.child('startTime'), 'startTime cannot be removed for unsuspended job'));
  return errors;
}

function validateIndexes({ spec, status }: batchv1.Job): FieldError[] {
  const errors: FieldError[] = [];
  const { completedIndexes = '', failedIndexes } = status ?? {};
  const completions = spec?.completions;
  if (completions !== undefined) {
    for (const [name, text] of Object.entries({ completedIndexes, failedIndexes })) {
      const counted = countIndexes(text ?? '', Math.max(completions, 0));
      if (typeof counted === 'string' && spec?.completionMode === 'Indexed') errors.push(invalid(path.child(name), text, `error parsing ${name}: ${counted}`));
    }
  }
  if (completedIndexes !== '' && spec?.completionMode !== 'Indexed') errors.push(invalid(path.child('completedIndexes'), completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode'));
  if (failedIndexes !== undefined && spec?.backoffLimitPerIndex === undefined) errors.push(invalid(path.child('failedIndexes'), failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  return errors;
}
