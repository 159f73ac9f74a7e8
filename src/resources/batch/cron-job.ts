/** CronJobs. Upstream: pkg/apis/batch/validation (ValidateCronJobCreate), pkg/apis/batch/v1/defaults.go */
import { Cron } from 'croner';
import { messageOf } from '../../base/errors.ts';
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { since } from '../age.ts';
import { ageColumn, flag, integer, nameColumn, none, text, wideText } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { workloadWarnings } from '../pod-spec/warnings.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { atLeastZero, oneOf } from '../validation/fields.ts';
import { selectorText } from '../validation/labels.ts';
import { checkDnsSubdomain } from '../validation/names.ts';
import { containerImages, containerNames } from '../workloads/columns.ts';
import { jobSpecWarnings, validateJobSpec } from './job-validation.ts';

const spec = FieldPath.of('spec');
/** A Job's name is the CronJob's and 11 characters more, within a label's 63. */
const longestName = 52;

function validate(cron: batchv1.CronJob, old?: batchv1.CronJob): FieldError[] {
  const { spec: given } = cron;
  const template = given?.jobTemplate?.spec;
  return [
    ...validateSchedule(given?.schedule ?? '', spec.child('schedule')),
    ...atLeastZero(spec.child('startingDeadlineSeconds'), given?.startingDeadlineSeconds),
    ...(old !== undefined && old.spec?.timeZone === given?.timeZone ? [] : validateTimeZone(given?.timeZone, spec.child('timeZone'))),
    ...oneOf(spec.child('concurrencyPolicy'), given?.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...validateJobSpec(template, spec.child('jobTemplate', 'spec')),
    ...(template?.selector === undefined ? [] : [invalid(spec.child('jobTemplate', 'spec', 'selector'), template.selector, '`selector` will be auto-generated')]),
    ...(template?.manualSelector === true ? [notSupported(spec.child('jobTemplate', 'spec', 'manualSelector'), true, ['nil', 'false'])] : []),
    ...atLeastZero(spec.child('successfulJobsHistoryLimit'), given?.successfulJobsHistoryLimit),
    ...atLeastZero(spec.child('failedJobsHistoryLimit'), given?.failedJobsHistoryLimit),
  ];
}

/** Five fields, or a macro; a time zone goes in its own field. */
function validateSchedule(schedule: string, path: FieldPath): FieldError[] {
  if (schedule === '') return [required(path)];
  if (/^(CRON_)?TZ=/.test(schedule)) return [invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
  if (/^@every /.test(schedule)) return [];
  const fields = schedule.trim().split(/\s+/).length;
  if (!schedule.startsWith('@') && fields !== 5) return [invalid(path, schedule, `expected exactly 5 fields, found ${fields}: [${schedule.trim().split(/\s+/).join(' ')}]`)];
  try {
    new Cron(schedule, { paused: true });
    return [];
  } catch (error) {
    return [invalid(path, schedule, messageOf(error))];
  }
}

/** A part of a name in the time zone database; digits and plus signs are in older names. */
const zonePart = /^[A-Za-z.\-_0-9+]{1,14}$/;

function validateTimeZone(zone: string | undefined, path: FieldPath): FieldError[] {
  if (zone === undefined) return [];
  if (zone === '') return [invalid(path, zone, 'timeZone must be nil or non-empty string')];
  if (zone.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !zonePart.test(part))) return [invalid(path, zone, `unknown time zone ${zone}`)];
  if (zone.toLowerCase() === 'local') return [invalid(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')];
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    return [invalid(path, zone, `unknown time zone ${zone}`)];
  }
}

const podTemplate = (cron: batchv1.CronJob) => cron.spec?.jobTemplate?.spec?.template;

export const cronJobDefinition = defineKind<batchv1.CronJob>({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  namespaced: true,
  shortNames: ['cj'],
  categories: ['all'],
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('batch', 'v1beta1', 'CronJob', '1.21', '1.25') }],
  status: true,
  strategy: {
    defaults({ spec: given }) {
      if (given === undefined) return;
      given.concurrencyPolicy ||= 'Allow';
      given.suspend ??= false;
      given.successfulJobsHistoryLimit ??= 3;
      given.failedJobsHistoryLimit ??= 1;
      // Of the Job's own defaults only its Pods' are set here; the rest come when a Job is made.
      if (given.jobTemplate?.spec?.template !== undefined) defaultPodTemplate(given.jobTemplate.spec.template);
    },
    validateName: (name) => [...checkDnsSubdomain(name), ...(name.length > longestName ? [`must be no more than ${longestName} bytes`] : [])],
    validate: (cron) => validate(cron),
    validateUpdate: validate,
    warnings: (cron, old) => [
      ...workloadWarnings(cron.spec?.jobTemplate?.spec?.template, spec.child('jobTemplate', 'spec', 'template'), cron, old),
      ...jobSpecWarnings(cron.spec?.jobTemplate?.spec),
    ],
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Schedule', (cron) => cron.spec?.schedule ?? ''),
    text('Timezone', (cron) => cron.spec?.timeZone ?? none),
    flag('Suspend', (cron) => (cron.spec?.suspend === undefined ? '<unset>' : cron.spec.suspend ? 'True' : 'False')),
    integer('Active', (cron) => (cron.status?.active ?? []).length),
    text('Last Schedule', (cron, now) => (cron.status?.lastScheduleTime === undefined ? none : since(cron.status.lastScheduleTime, now))),
    ageColumn,
    wideText('Containers', (cron) => containerNames(podTemplate(cron))),
    wideText('Images', (cron) => containerImages(podTemplate(cron))),
    wideText('Selector', (cron) => selectorText(cron.spec?.jobTemplate?.spec?.selector)),
  ],
});

export const cronJobs = typedKind<batchv1.CronJob>(cronJobDefinition);
