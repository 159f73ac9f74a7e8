/** Jobs. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { jobDefinition } from './job.ts';

const container = { name: 'app', image: 'busybox:1' };
const given = (more: object): Patch => ({ spec: more });
const indexed = (more: object = {}): Patch => given({ completionMode: 'Indexed', completions: 3, parallelism: 3, ...more });
const onFailure = (...rules: readonly object[]): Patch => given({ podFailurePolicy: { rules } });
const onSuccess = (...rules: readonly object[]): Patch => indexed({ successPolicy: { rules } });
const rule = 'spec.podFailurePolicy.rules[0]';
const early = 'spec.successPolicy.rules[0]';
const codes = (more: object): object => ({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1], ...more } });
const condition = (type: string): object => ({ type, status: 'True' });
const startTime = '2026-01-01T00:00:00Z';
const times = { startTime, completionTime: '2026-01-01T00:01:00Z' };
const done = [condition('SuccessCriteriaMet'), condition('Complete')];
const conditions = 'status.conditions: Invalid value:';
const generated = { 'controller-uid': '0a', 'batch.kubernetes.io/controller-uid': '0a', 'job-name': 'a', 'batch.kubernetes.io/job-name': 'a' };
const template = {
  metadata: { labels: generated },
  spec: {
    containers: [{ ...container, imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} }],
    restartPolicy: 'Never', dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler', securityContext: {}, terminationGracePeriodSeconds: 30,
  },
};

const cases: KindCases = {
  definition: jobDefinition,
  base: { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } },
  defaults: [
    ['one Pod, once, found by its own labels', {}, {
      spec: { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed', selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': '0a' } }, template },
    }, { definitionOnly: 'its labels hold the uid' }],
  ],
  accepted: [
    ['indexes', indexed()],
    ['a limit for each index', indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 2 })],
    ['a policy of failures', onFailure(codes({}), { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] })],
    ['an early success', onSuccess({ succeededIndexes: '0,1-2', succeededCount: 2 })],
    ['somebody else’s', given({ managedBy: 'example.com/queue' })],
    ['a selector of one’s own', given({ manualSelector: true, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } })],
  ],
  refused: [
    ['fewer than none', given({ parallelism: -1, completions: -1, backoffLimit: -1 }), ['parallelism', 'completions', 'backoffLimit'].map((name) => `spec.${name}: Invalid value: -1: must be greater than or equal to 0`)],
    ['Pods that always restart', given({ template: { spec: { restartPolicy: 'Always' } } }), ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
    ['Pods that restart somehow', given({ template: { spec: { restartPolicy: 'Sometimes' } } }), ['spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"', 'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "OnFailure", "Never"']],
    ['an unknown mode', given({ completionMode: 'Random' }), ['spec.completionMode: Unsupported value: "Random": supported values: "NonIndexed", "Indexed"']],
    ['indexes without a number', given({ completionMode: 'Indexed', parallelism: 2 }), ['spec.completions: Required value: when completion mode is Indexed']],
    ['a limit for each index without indexes', given({ backoffLimitPerIndex: 1 }), ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode']],
    ['failed indexes without a limit', indexed({ maxFailedIndexes: 1 }), ['spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified']],
    ['more failed indexes than indexes', indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 4 }), ['spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions']],
    ['too many at once', indexed({ completions: 200000, parallelism: 100001 }), ['spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed']],
    ['a manager without a domain', given({ managedBy: 'queue' }), ['spec.managedBy: Invalid value: "queue": must be a domain-prefixed path (such as "acme.io/foo")']],
    ['a rule without an action', onFailure({ onExitCodes: { operator: 'In', values: [1] } }), [`${rule}.action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`]],
    ['an unknown action', onFailure({ ...codes({}), action: 'Cry' }), [`${rule}.action: Unsupported value: "Cry": supported values: "Count", "FailIndex", "FailJob", "Ignore"`]],
    ['an index that fails where there is none', onFailure({ ...codes({}), action: 'FailIndex' }), [`${rule}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`]],
    ['success as a failure', onFailure(codes({ values: [0] })), [`${rule}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`]],
    ['codes out of order', onFailure(codes({ values: [2, 1] })), [`${rule}.onExitCodes.values: Invalid value: [2,1]: must be ordered`]],
    ['a code twice', onFailure(codes({ values: [1, 1] })), [`${rule}.onExitCodes.values[1]: Duplicate value: 1`]],
    ['no codes', onFailure(codes({ values: [] })), [`${rule}.onExitCodes.values: Invalid value: []: at least one value is required`]],
    ['codes of nobody', onFailure(codes({ containerName: 'web' })), [`${rule}.onExitCodes.containerName: Invalid value: "web": must be one of the container or initContainer names in the pod template`]],
    ['a rule about nothing', onFailure({ action: 'Count' }), [`${rule}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`]],
    ['a rule about both', onFailure({ ...codes({}), onPodConditions: [{ type: 'A', status: 'True' }] }), [`${rule}: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported`]],
    ['a policy of failures of Pods that restart', given({ podFailurePolicy: { rules: [codes({})] }, template: { spec: { restartPolicy: 'OnFailure' } } }), ['spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified']],
    ['a replacement before the failure is known', given({ podFailurePolicy: { rules: [codes({})] }, podReplacementPolicy: 'TerminatingOrFailed' }), ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"']],
    ['an early success without indexes', given({ successPolicy: { rules: [{ succeededCount: 1 }] } }), ['spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode']],
    ['an early success of nothing', onSuccess({}), [`${early}: Required value: at least one of succeededCount or succeededIndexes must be specified`]],
    ['a success of more than there are', onSuccess({ succeededCount: 4 }), [`${early}.succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of specified completions)`]],
    ['a success of more than are named', onSuccess({ succeededIndexes: '0', succeededCount: 2 }), [`${early}.succeededCount: Invalid value: 2: must be less than or equal to 1 (the number of indexes in the specified succeededIndexes field)`]],
    ['an index that is not there', onSuccess({ succeededIndexes: '0-3' }), [`${early}.succeededIndexes: Invalid value: "0-3": error parsing succeededIndexes: too large index: "3"`]],
    ['indexes out of order', onSuccess({ succeededIndexes: '2,1' }), [`${early}.succeededIndexes: Invalid value: "2,1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1`]],
    ['host names that are too long', { metadata: { name: 'a'.repeat(62) }, ...indexed() }, [`metadata.name: Invalid value: "${'a'.repeat(62)}": will not able to create pod with invalid DNS label: ${'a'.repeat(62)}-2`]],
    ['another’s selector', given({ selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } }), ['spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` not auto-generated']],
  ],
  updates: [
    { name: 'parallelism, deadline and suspension', change: given({ parallelism: 2, activeDeadlineSeconds: 60, suspend: true }) },
    { name: 'completions stay', change: given({ completions: 2 }), refused: ['spec.completions: Invalid value: 2: field is immutable'] },
    { name: 'an Indexed Job grows', before: indexed(), change: given({ completions: 4, parallelism: 4 }) },
    { name: 'in step only', before: indexed(), change: given({ completions: 4 }), refused: ['spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism'] },
    { name: 'a suspended Job may go elsewhere', before: given({ suspend: true }), change: given({ template: { metadata: { annotations: { a: 'b' } }, spec: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }] } } }) },
    { name: 'and ask for more', before: given({ suspend: true }), change: given({ template: { spec: { containers: [{ ...template.spec.containers[0], resources: { requests: { cpu: '1' } } }] } } }) },
    { name: 'a running one stays', change: given({ template: { spec: { nodeSelector: { disk: 'ssd' } } } }), refused: [`spec.template: Invalid value: ${JSON.stringify({ spec: { ...template.spec, nodeSelector: { disk: 'ssd' } }, metadata: template.metadata })}: field is immutable`], definitionOnly: 'names and uids differ' },
    { name: 'a manager stays', change: given({ managedBy: 'example.com/a' }), refused: ['spec.managedBy: Invalid value: "example.com/a": field is immutable'] },
    { name: 'progress', subresource: 'status', change: { status: { active: 1, ready: 1, startTime: '2026-01-01T00:00:00Z' } } },
    { name: 'more ready than active', subresource: 'status', change: { status: { active: 1, ready: 2 } }, refused: ['status.ready: Invalid value: 2: cannot set more ready pods than active'] },
    { name: 'an end', subresource: 'status', change: { status: { ...times, conditions: [condition('SuccessCriteriaMet'), condition('Complete')] } } },
    { name: 'a failure', subresource: 'status', change: { status: { startTime, conditions: [condition('FailureTarget'), condition('Failed')] } } },
    { name: 'a success that is a failure', subresource: 'status', change: { status: { ...times, conditions: ['SuccessCriteriaMet', 'Complete', 'FailureTarget', 'Failed'].map(condition) } }, refused: [
      `${conditions} cannot set Complete=True and Failed=true conditions`, `${conditions} cannot set Complete=True and FailureTarget=true conditions`,
      `${conditions} cannot set SuccessCriteriaMet=True and Failed=true conditions`, `${conditions} cannot set SuccessCriteriaMet=True and FailureTarget=true conditions`,
    ] },
    { name: 'an end that was not foreseen', subresource: 'status', change: { status: { ...times, conditions: [condition('Complete')] } }, refused: [`${conditions} cannot set Complete=True condition without the SuccessCriteriaMet=true condition`] },
    { name: 'a failure that was not foreseen', subresource: 'status', change: { status: { startTime, conditions: [condition('Failed')] } }, refused: [`${conditions} cannot set Failed=True condition without the FailureTarget=true condition`] },
    { name: 'an end before the beginning', subresource: 'status', change: { status: { startTime: times.completionTime, completionTime: startTime, conditions: done } }, refused: [`status.completionTime: Invalid value: "${startTime}": completionTime cannot be set before startTime`] },
    { name: 'an end without times', subresource: 'status', change: { status: { conditions: done } }, refused: ['status.completionTime: Required value: completionTime is required for Complete jobs', 'status.startTime: Required value: startTime is required for finished job'] },
    { name: 'a time of an end that is none', subresource: 'status', change: { status: times }, refused: [`status.completionTime: Invalid value: "${times.completionTime}": cannot set completionTime when there is no Complete=True condition`] },
    { name: 'an end with something left', subresource: 'status', change: { status: { ...times, conditions: done, active: 1, terminating: 2, uncountedTerminatedPods: { succeeded: ['0b'] } } }, refused: [
      'status.active: Invalid value: 1: active>0 is invalid for finished job', 'status.uncountedTerminatedPods: Invalid value: {"succeeded":["0b"]}: uncountedTerminatedPods needs to be empty for finished job',
      'status.terminating: Invalid value: 2: terminating>0 is invalid for finished job',
    ] },
    { name: 'another end', subresource: 'status', before: { status: { ...times, conditions: done } }, change: { status: { completionTime: '2026-01-01T00:02:00Z' } }, refused: ['status.completionTime: Invalid value: "2026-01-01T00:02:00Z": completionTime cannot be mutated'] },
    { name: 'no end after all', subresource: 'status', before: { status: { ...times, conditions: done } }, change: { status: { completionTime: null, conditions: [] } }, refused: [`${conditions} cannot disable the terminal Complete=True condition`, `${conditions} cannot disable the SuccessCriteriaMet=True condition`] },
    { name: 'a Pod counted twice', subresource: 'status', change: { status: { uncountedTerminatedPods: { succeeded: ['0b', ''], failed: ['0b'] } } }, refused: ['status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty', 'status.uncountedTerminatedPods.failed[0]: Duplicate value: "0b"'] },
    { name: 'another beginning', subresource: 'status', before: { status: { startTime } }, change: { status: { startTime: null } }, refused: ['status.startTime: Required value: startTime cannot be removed for unsuspended job'] },
    { name: 'fewer than there were', subresource: 'status', before: { status: { startTime, failed: 2, succeeded: 2 } }, change: { status: { failed: 1, succeeded: 1 } }, refused: ['status.failed: Invalid value: 1: cannot decrease the failed counter', 'status.succeeded: Invalid value: 1: cannot decrease the succeeded counter'] },
    { name: 'an Indexed Job that shrinks', subresource: 'status', before: { ...indexed(), status: { startTime, succeeded: 2, completedIndexes: '0,1' } }, change: { status: { succeeded: 1, completedIndexes: '0' } } },
    { name: 'indexes where there are none', subresource: 'status', change: { status: { completedIndexes: '0', failedIndexes: '0' } }, refused: [
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode', 'status.failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      'status.failedIndexes: Invalid value: "0": failedIndexes and completedIndexes overlap at index: 0',
    ] },
    { name: 'indexes beyond the last', subresource: 'status', before: indexed({ backoffLimitPerIndex: 1 }), change: { status: { completedIndexes: '0-3', failedIndexes: '2,1' } }, refused: [
      'status.completedIndexes: Invalid value: "0-3": error parsing completedIndexes: too large index: "3"', 'status.failedIndexes: Invalid value: "2,1": error parsing failedIndexes: non-increasing order, previous: 2, current: 1',
      'status.failedIndexes: Invalid value: "2,1": failedIndexes and completedIndexes overlap at index: 1',
    ] },
  ],
  warnings: [
    ['a name with a dot', { metadata: { name: 'a.b' } }, ["metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
    ['many indexes', { spec: { completionMode: 'Indexed', completions: 100_001, parallelism: 10_001 } }, ['In Indexed Jobs with a number of completions higher than 100000 and a parallelism higher than 10000, Kubernetes might not be able to track completedIndexes when a big number of indexes fail']],
  ],
};
export default cases;
