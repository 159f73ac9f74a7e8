/**
 * What a Job's controller may report: an end is final, and is reached with nothing running. A rule about some fields is asked only when
 * one of them changed: a Job whose spec was just changed may be at odds with its status for a while.
 * Upstream: pkg/apis/batch/validation/validation.go (validateJobStatus, ValidateJobStatusUpdate), pkg/registry/batch/job/strategy.go
 */
import { duplicate, FieldPath, invalid, invalidWhole, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { atLeastZero, sameJson } from '../validation/fields.ts';
import { countIndexes, indexRanges } from './success-policy.ts';

const path = FieldPath.of('status');
const conditionsPath = path.child('conditions');

const has = ({ status }: batchv1.Job, type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
const isFinished = (job: batchv1.Job): boolean => has(job, 'Complete') || has(job, 'Failed');

interface Update {
  readonly job: batchv1.Job;
  readonly old: batchv1.Job;
  readonly status: batchv1.JobStatus;
  readonly before: batchv1.JobStatus;
  changed(...fields: readonly (keyof batchv1.JobStatus)[]): boolean;
  /** Whether one of these conditions became true, or ceased to be. */
  turned(...types: readonly string[]): boolean;
}

export function validateJobStatus(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const status = job.status ?? {};
  const before = old.status ?? {};
  const update: Update = {
    job, old, status, before,
    changed: (...fields) => fields.some((field) => !sameJson(status[field], before[field])),
    turned: (...types) => types.some((type) => has(job, type) !== has(old, type)),
  };
  return [
    ...(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((name) => atLeastZero(path.child(name), status[name])),
    ...validateUncounted(status),
    ...validateTogether(update),
    ...validateTimes(update),
    ...validateEnd(update),
    ...validateIndexes(update),
    ...validateCounters(update),
    ...validateTransitions(update),
  ];
}

function validateUncounted({ uncountedTerminatedPods: pods }: batchv1.JobStatus): FieldError[] {
  const seen = new Set<string>();
  const at = path.child('uncountedTerminatedPods');
  return (['succeeded', 'failed'] as const).flatMap((name) => (pods?.[name] ?? []).flatMap((uid, i) => {
    const place = at.child(name).index(i);
    if (uid === '') return [invalid(place, uid, 'must not be empty')];
    if (seen.has(uid)) return [duplicate(place, uid)];
    seen.add(uid);
    return [];
  }));
}

/** Conditions that exclude each other, and those that need another. */
function validateTogether({ job, turned }: Update): FieldError[] {
  const both = (a: string, b: string): boolean => has(job, a) && has(job, b);
  const problems = [
    turned('Complete', 'Failed') && both('Complete', 'Failed') && 'cannot set Complete=True and Failed=true conditions',
    turned('Complete', 'FailureTarget') && both('Complete', 'FailureTarget') && 'cannot set Complete=True and FailureTarget=true conditions',
    turned('Failed') && has(job, 'Failed') && !has(job, 'FailureTarget') && 'cannot set Failed=True condition without the FailureTarget=true condition',
    turned('Complete', 'SuccessCriteriaMet') && has(job, 'Complete') && !has(job, 'SuccessCriteriaMet') && 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    both('SuccessCriteriaMet', 'Failed') && 'cannot set SuccessCriteriaMet=True and Failed=true conditions',
    both('SuccessCriteriaMet', 'FailureTarget') && 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    job.spec?.successPolicy !== undefined && has(job, 'Complete') && !has(job, 'SuccessCriteriaMet') && 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
  ];
  return problems.flatMap((problem) => (problem === false ? [] : [invalidWhole(conditionsPath, problem)]));
}

function validateTimes({ job, old, status, before, changed, turned }: Update): FieldError[] {
  const { startTime, completionTime } = status;
  const at = path.child('completionTime');
  const errors: FieldError[] = [];
  if (turned('Complete') || changed('completionTime')) {
    if (completionTime !== undefined && !has(job, 'Complete')) errors.push(invalid(at, completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    if (completionTime === undefined && has(job, 'Complete')) errors.push(required(at, 'completionTime is required for Complete jobs'));
  }
  const ordered = startTime === undefined || completionTime === undefined || Date.parse(completionTime) >= Date.parse(startTime);
  if (!ordered && changed('startTime', 'completionTime')) errors.push(invalid(at, completionTime, 'completionTime cannot be set before startTime'));
  if (completionTime !== undefined && before.completionTime !== undefined && completionTime !== before.completionTime) errors.push(invalid(at, completionTime, 'completionTime cannot be mutated'));
  const running = job.spec?.suspend !== true && old.spec?.suspend !== true && !has(old, 'Suspended');
  if (before.startTime !== undefined && changed('startTime') && running) errors.push(required(path.child('startTime'), 'startTime cannot be removed for unsuspended job'));
  return errors;
}

/** A Job that has ended has nothing left to do. */
function validateEnd({ job, old, status, changed }: Update): FieldError[] {
  if (!isFinished(job)) return [];
  const ends = !isFinished(old);
  const { active = 0, terminating = 0, startTime, uncountedTerminatedPods: uncounted } = status;
  const errors: FieldError[] = [];
  if (active > 0 && (ends || changed('active'))) errors.push(invalid(path.child('active'), active, 'active>0 is invalid for finished job'));
  if (startTime === undefined && (ends || changed('startTime'))) errors.push(required(path.child('startTime'), 'startTime is required for finished job'));
  const left = (uncounted?.succeeded ?? []).length + (uncounted?.failed ?? []).length;
  if (left > 0 && (ends || changed('uncountedTerminatedPods'))) errors.push(invalid(path.child('uncountedTerminatedPods'), uncounted, 'uncountedTerminatedPods needs to be empty for finished job'));
  if (terminating > 0 && (ends || changed('terminating'))) errors.push(invalid(path.child('terminating'), terminating, 'terminating>0 is invalid for finished job'));
  return errors;
}

function validateIndexes({ job: { spec }, status, changed }: Update): FieldError[] {
  const { completedIndexes = '', failedIndexes } = status;
  const { completions, backoffLimitPerIndex, completionMode } = spec ?? {};
  const [succeeded, failed] = [path.child('completedIndexes'), path.child('failedIndexes')];
  const errors: FieldError[] = [];
  const parse = (at: FieldPath, name: string, text: string): void => {
    const counted = countIndexes(text, completions ?? 0);
    if (typeof counted === 'string') errors.push(invalid(at, text, `error parsing ${name}: ${counted}`));
  };
  if (changed('completedIndexes') && completions !== undefined) parse(succeeded, 'completedIndexes', completedIndexes);
  if (changed('failedIndexes') && completions !== undefined && backoffLimitPerIndex !== undefined) parse(failed, 'failedIndexes', failedIndexes ?? '');
  if (changed('completedIndexes') && completedIndexes !== '' && completionMode !== 'Indexed') errors.push(invalid(succeeded, completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode'));
  if (changed('failedIndexes') && failedIndexes !== undefined && backoffLimitPerIndex === undefined) errors.push(invalid(failed, failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  if (changed('completedIndexes', 'failedIndexes') && completions !== undefined && failedIndexes !== undefined) {
    const both = firstCommon(completedIndexes, failedIndexes);
    if (both !== undefined) errors.push(invalid(failed, failedIndexes, `failedIndexes and completedIndexes overlap at index: ${both}`));
  }
  return errors;
}

/** The first index that two texts name. */
function firstCommon(a: string, b: string): number | undefined {
  const others = indexRanges(b);
  const common = indexRanges(a).flatMap(([from, to]) => others.flatMap(([start, end]) => (from <= end && start <= to ? [Math.max(from, start)] : [])));
  return common.length === 0 ? undefined : Math.min(...common);
}

function validateCounters({ job: { spec }, status, before, changed }: Update): FieldError[] {
  const { ready, active = 0, failed = 0, succeeded = 0 } = status;
  const errors: FieldError[] = [];
  if (ready !== undefined && ready > active && changed('ready', 'active')) errors.push(invalid(path.child('ready'), ready, 'cannot set more ready pods than active'));
  if (failed < (before.failed ?? 0)) errors.push(invalid(path.child('failed'), failed, 'cannot decrease the failed counter'));
  const mayShrink = spec?.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (succeeded < (before.succeeded ?? 0) && !mayShrink) errors.push(invalid(path.child('succeeded'), succeeded, 'cannot decrease the succeeded counter'));
  return errors;
}

function validateTransitions({ job, old }: Update): FieldError[] {
  const lost = (type: string): boolean => has(old, type) && !has(job, type);
  const problems = ['Failed', 'Complete', 'FailureTarget'].flatMap((type) => (lost(type) ? [`cannot disable the terminal ${type}=True condition`] : []));
  if (lost('SuccessCriteriaMet')) problems.push('cannot disable the SuccessCriteriaMet=True condition');
  if (has(old, 'Complete') && !has(old, 'SuccessCriteriaMet') && has(job, 'SuccessCriteriaMet')) problems.push('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
  return problems.map((problem) => invalidWhole(conditionsPath, problem));
}
