/**
 * Jobs. A Job without a selector gets one over its uid, and its template the labels to match.
 * Upstream: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation, pkg/registry/batch/job/strategy.go
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import { humanDuration } from '../age.ts';
import { ageColumn, nameColumn, text, type ColumnOf } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import { workloadWarnings } from '../pod-spec/warnings.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable } from '../validation/fields.ts';
import { checkDnsLabel } from '../validation/names.ts';
import { selectorColumn, templateColumns } from '../workloads/columns.ts';
import { defaultJobSpec } from './job-defaults.ts';
import { validateJobStatus } from './job-status-rules.ts';
import { jobSpecWarnings, selects, validateJobSpec, validateSelectorAndLabels } from './job-validation.ts';

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

function validate(job: batchv1.Job): FieldError[] {
  const { completionMode, completions = 0 } = job.spec ?? {};
  const errors = [...validateGenerated(job), ...validateJobSpec(job.spec, spec), ...validateSelectorAndLabels(job, spec)];
  if (completionMode !== 'Indexed' || completions <= 0) return errors;
  // Each Pod's host name ends in its index.
  const longest = `${job.metadata.name ?? ''}-${completions - 1}`;
  if (checkDnsLabel(longest).length > 0) errors.push(invalid(FieldPath.of('metadata', 'name'), job.metadata.name ?? '', `will not able to create pod with invalid DNS label: ${longest}`));
  return errors;
}

/** A Job that chose no selector has the one made for it. */
function validateGenerated({ metadata, spec: given }: batchv1.Job): FieldError[] {
  if (given?.manualSelector === true || given?.selector === undefined) return [];
  const [uid, name] = [metadata.uid ?? '', metadata.name ?? ''];
  const wanted = { [oldControllerUidLabel]: uid, [oldJobNameLabel]: name, [controllerUidLabel]: uid, [jobNameLabel]: name };
  const labels = given.template?.metadata?.labels ?? {};
  const path = spec.child('template', 'metadata', 'labels');
  const errors = Object.entries(wanted).flatMap(([key, value]) => {
    if (labels[key] === undefined) return [required(path.key(key), `must be '${value}'`)];
    return labels[key] === value ? [] : [invalid(path.key(key), labels, `must be '${value}'`)];
  });
  return selects(given.selector, wanted) ? errors : [...errors, invalid(spec.child('selector'), given.selector, '`selector` not auto-generated')];
}

function validateUpdate(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const now = job.spec;
  const before = old.spec;
  const errors = [...validateJobSpec(now, spec), ...validateSelectorAndLabels(job, spec), ...validateCompletions(now, before), ...immutable(spec.child('selector'), now?.selector, before?.selector), ...validateTemplateChange(job, old)];
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const) errors.push(...immutable(spec.child(field), now?.[field], before?.[field]));
  return errors;
}

/** An Indexed Job may grow and shrink while it has as many Pods as indexes. */
function validateCompletions(now: batchv1.JobSpec | undefined, before: batchv1.JobSpec | undefined): FieldError[] {
  const path = spec.child('completions');
  if (now?.completionMode !== 'Indexed') return immutable(path, now?.completions, before?.completions);
  if (now.completions === undefined || now.completions === before?.completions || now.completions === now.parallelism) return [];
  return [invalid(path, now.completions, 'can only be modified in tandem with spec.parallelism')];
}

/** Where a Job's Pods go, and what they ask for, may change as long as it is suspended and has none. */
function validateTemplateChange(job: batchv1.Job, old: batchv1.Job): FieldError[] {
  const { template } = job.spec ?? {};
  const before = old.spec?.template;
  const path = spec.child('template');
  const suspended = old.spec?.suspend === true;
  const unstarted = suspended && (old.status?.startTime === undefined || isTrue(old, 'Suspended')) && (old.status?.active ?? 0) === 0;
  if (!unstarted || template === undefined || before === undefined) return immutable(path, template, before);
  const kept = draft(before);
  kept.metadata = draft(template.metadata ?? {});
  const [spec1, spec2] = [template.spec, kept.spec];
  if (spec1 === undefined || spec2 === undefined) return immutable(path, template, before);
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates'] as const) take(spec2, spec1, field);
  const { nodeAffinity: _, ...otherAffinity } = spec2.affinity ?? {};
  const nodeAffinity = spec1.affinity?.nodeAffinity;
  const affinity = { ...otherAffinity, ...(nodeAffinity === undefined ? {} : { nodeAffinity: draft(nodeAffinity) }) };
  if (spec1.affinity === undefined && Object.keys(affinity).length === 0) delete spec2.affinity;
  else spec2.affinity = affinity;
  for (const list of ['containers', 'initContainers'] as const) {
    (spec2[list] ?? []).forEach((container, i) => {
      const other = spec1[list]?.[i];
      if (other?.name === container.name && other.resources !== undefined) container.resources = draft(other.resources);
    });
  }
  return immutable(path, template, { ...kept, metadata: template.metadata });
}

function take<K extends keyof corev1.PodSpec>(target: Draft<corev1.PodSpec>, source: corev1.PodSpec, field: K): void {
  if (source[field] === undefined) delete target[field];
  else target[field] = draft(source[field]) as Draft<corev1.PodSpec>[K];
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
  warnings: (job, old) => [...workloadWarnings(job.spec?.template, spec.child('template'), job, old), ...jobSpecWarnings(job.spec)],
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
  status: { validateUpdate: validateJobStatus },
  strategy,
  columns,
  selectableFields: { 'status.successful': (job) => String(job.status?.succeeded ?? 0) },
});

export const jobs = typedKind<batchv1.Job>(jobDefinition);
