/**
 * Jobs. A Job without a selector gets one over its uid, and its template the labels to match.
 * Upstream: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation, pkg/registry/batch/job/strategy.go
 */
import { FieldPath, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { humanDuration } from '../age.ts';
import { ageColumn, nameColumn, text, type ColumnOf } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { immutable } from '../validation/fields.ts';
import { selectorColumn, templateColumns } from '../workloads/columns.ts';
import { defaultJobSpec } from './job-defaults.ts';
import { validateJobSpec, validateSelectorAndLabels } from './job-validation.ts';

const spec = FieldPath.of('spec');
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid';
export const jobNameLabel = 'batch.kubernetes.io/job-name';
/** The same labels from before they had a prefix. */
export const oldControllerUidLabel = 'controller-uid';
export const oldJobNameLabel = 'job-name';

function generateSelector(job: Draft<batchv1.Job>): void {
  const uid = job.metadata.uid;
  const name = job.metadata.name;
  if (job.spec?.template === undefined || job.spec.manualSelector === true || uid === undefined || name === undefined) return;
  job.spec.template.metadata = {
    ...job.spec.template.metadata,
    labels: { ...job.spec.template.metadata?.labels, [oldControllerUidLabel]: uid, [controllerUidLabel]: uid, [oldJobNameLabel]: name, [jobNameLabel]: name },
  };
  job.spec.selector ??= { matchLabels: { [controllerUidLabel]: uid } };
}

const validate = (job: batchv1.Job): FieldError[] => [...validateJobSpec(job.spec, spec), ...validateSelectorAndLabels(job, spec)];

function validateUpdate(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const now = job.spec;
  const before = old.spec;
  const suspendedBefore = before?.suspend === true && old.status?.startTime === undefined;
  return [
    ...validate(job),
    ...(now?.completionMode === 'Indexed' ? [] : immutable(spec.child('completions'), now?.completions, before?.completions)),
    ...immutable(spec.child('selector'), now?.selector, before?.selector),
    ...(suspendedBefore ? [] : immutable(spec.child('template'), now?.template, before?.template)),
    ...immutable(spec.child('completionMode'), now?.completionMode, before?.completionMode),
    ...immutable(spec.child('podFailurePolicy'), now?.podFailurePolicy, before?.podFailurePolicy),
    ...immutable(spec.child('backoffLimitPerIndex'), now?.backoffLimitPerIndex, before?.backoffLimitPerIndex),
    ...immutable(spec.child('managedBy'), now?.managedBy, before?.managedBy),
    ...immutable(spec.child('successPolicy'), now?.successPolicy, before?.successPolicy),
  ];
}

const strategy: StrategyOf<batchv1.Job> = {
  defaults(job) {
    if (job.spec === undefined) return;
    defaultJobSpec(job.spec);
    const labels = job.spec.template?.metadata?.labels;
    if (labels !== undefined && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels };
  },
  prepareForCreate(job) {
    generateSelector(job);
  },
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
};

const isTrue = (job: batchv1.Job, type: string): boolean => (job.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

function statusText(job: batchv1.Job): string {
  if (isTrue(job, 'Complete')) return 'Complete';
  if (isTrue(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (isTrue(job, 'Suspended')) return 'Suspended';
  if (isTrue(job, 'FailureTarget')) return 'FailureTarget';
  return isTrue(job, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completionsText({ spec: given, status }: batchv1.Job): string {
  const done = status?.succeeded ?? 0;
  if (given?.completions !== undefined) return `${done}/${given.completions}`;
  const parallelism = given?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function durationText({ status }: batchv1.Job, now: number): string {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? now : Date.parse(status.completionTime);
  return humanDuration(end - Date.parse(status.startTime));
}

const columns: readonly ColumnOf<batchv1.Job>[] = [
  nameColumn,
  text('Status', statusText),
  text('Completions', completionsText),
  text('Duration', durationText),
  ageColumn,
  ...templateColumns<batchv1.Job>(),
  selectorColumn<batchv1.Job>(),
];

export const jobDefinition = defineKind<batchv1.Job>({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  namespaced: true,
  categories: ['all'],
  status: true,
  strategy,
  columns,
  selectableFields: { 'status.successful': (job) => String(job.status?.succeeded ?? 0) },
});

export const jobs = typedKind<batchv1.Job>(jobDefinition);
