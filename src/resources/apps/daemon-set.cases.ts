/** DaemonSets. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { daemonSetDefinition } from './daemon-set.ts';

const labels = { app: 'a' };
const rolling = (rollingUpdate: object): Patch => ({ spec: { updateStrategy: { rollingUpdate } } });
const at = 'spec.updateStrategy.rollingUpdate';

const cases: KindCases = {
  definition: daemonSetDefinition,
  base: { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx' }] } } } },
  defaults: [['nothing runs yet', {}, { status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 } }]],
  accepted: [['on deletion', { spec: { updateStrategy: { type: 'OnDelete' } } }], ['beside the old', rolling({ maxSurge: 1, maxUnavailable: 0 })]],
  refused: [
    ['an unknown strategy', { spec: { updateStrategy: { type: 'Magic' } } }, ['spec.updateStrategy: Unsupported value: {"type":"Magic"}: supported values: "RollingUpdate", "OnDelete"']],
    ['beside and instead', rolling({ maxSurge: 1, maxUnavailable: 1 }), [`${at}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`]],
    ['neither', rolling({ maxSurge: 0, maxUnavailable: 0 }), [`${at}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`]],
    ['a selector that misses', { spec: { selector: { matchLabels: { app: 'b' } } } }, ['spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`']],
    ['a history below zero', { spec: { revisionHistoryLimit: -1 } }, ['spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0']],
  ],
  updates: [
    { name: 'a selector may not change', change: { spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } } }, refused: ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'] },
    { name: 'a count below zero', subresource: 'status', change: { status: { numberReady: -1 } }, refused: ['status.numberReady: Invalid value: -1: must be greater than or equal to 0'] },
    { name: 'collisions are only ever more', subresource: 'status', before: { status: { collisionCount: 2 } }, change: { status: { collisionCount: 1 } }, refused: ['status.collisionCount: Invalid value: 1: cannot be decremented'], definitionOnly: 'a stored status is given' },
  ],
};
export default cases;
