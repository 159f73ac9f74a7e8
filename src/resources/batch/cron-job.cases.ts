/** CronJobs. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { cronJobDefinition } from './cron-job.ts';

const jobTemplate = { spec: { template: { spec: { containers: [{ name: 'app', image: 'busybox:1' }], restartPolicy: 'OnFailure' } } } };
const given = (more: object): Patch => ({ spec: more });

const cases: KindCases = {
  definition: cronJobDefinition,
  base: { spec: { schedule: '*/5 * * * *', jobTemplate } },
  accepted: [['a macro', given({ schedule: '@hourly' })], ['a time zone', given({ timeZone: 'Europe/Vienna' })], ['UTC', given({ timeZone: 'Etc/UTC' })], ['names of days', given({ schedule: '0 4 * * MON-FRI' })]],
  refused: [
    ['no schedule', given({ schedule: '' }), ['spec.schedule: Required value']],
    ['too few fields', given({ schedule: '* * * *' }), ['spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]']],
    ['a zone in the schedule', given({ schedule: 'TZ=UTC 0 * * * *' }), ['spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead']],
    ['an empty zone', given({ timeZone: '' }), ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string']],
    ['the host’s zone', given({ timeZone: 'Local' }), ['spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones']],
    ['a zone nobody lives in', given({ timeZone: 'Mars/Base' }), ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base']],
    ['an unknown policy', given({ concurrencyPolicy: 'Maybe' }), ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"']],
    ['a deadline below zero', given({ startingDeadlineSeconds: -1 }), ['spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0']],
    ['a history below zero', given({ successfulJobsHistoryLimit: -1 }), ['spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0']],
    ['Jobs with a selector', given({ jobTemplate: { spec: { selector: { matchLabels: { a: 'b' } } } } }), ['spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated']],
    ['Jobs that choose their Pods', given({ jobTemplate: { spec: { manualSelector: true } } }), ['spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"']],
    ['Pods that always restart', given({ jobTemplate: { spec: { template: { spec: { restartPolicy: 'Always' } } } } }), ['spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
    ['a name too long for its Jobs', { metadata: { name: 'a'.repeat(53) } }, [`metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 bytes`]],
  ],
  updates: [{ name: 'anything', change: given({ schedule: '@daily', suspend: true, timeZone: 'Asia/Tokyo' }) }],
  warnings: [
    ['a name with a dot', { metadata: { name: 'a.b' } }, ["metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
  ],
};
export default cases;
