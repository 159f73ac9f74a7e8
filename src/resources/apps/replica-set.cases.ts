/** ReplicaSets. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { replicaSetDefinition } from './replica-set.ts';

const container = { name: 'app', image: 'nginx' };
const labels = { app: 'a' };
const template = (spec: object = {}): Patch => ({ spec: { template: { metadata: { labels }, spec: { containers: [container], ...spec } } } });
const status = (counts: object): Patch => ({ status: counts });

const cases: KindCases = {
  definition: replicaSetDefinition,
  base: { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } } },
  defaults: [['one', {}, { status: { replicas: 0 } }]],
  refused: [
    ['fewer than none', { spec: { replicas: -1 } }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['no selector', { spec: { selector: null } }, ['spec.selector: Required value']],
    ['an empty selector', { spec: { selector: { matchLabels: null } } }, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['a selector that misses', { spec: { selector: { matchLabels: { app: 'b' } } } }, ['spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`']],
    ['Pods that end', template({ restartPolicy: 'OnFailure' }), ['spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"']],
    ['Pods with a deadline', template({ activeDeadlineSeconds: 5 }), ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported']],
    ['no containers', template({ containers: [] }), ['spec.template.spec.containers: Required value']],
  ],
  updates: [
    { name: 'replicas and image', change: { spec: { replicas: 3, template: { spec: { containers: [{ ...container, image: 'nginx:1' }] } } } } },
    { name: 'a selector may not change', change: { spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } } }, refused: ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'] },
    { name: 'a count below zero', subresource: 'status', change: status({ replicas: -1 }), refused: ['status.replicas: Invalid value: -1: must be greater than or equal to 0', ...['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'].map((name) => `status.${name}: Invalid value: 0: cannot be greater than status.replicas`)] },
    { name: 'more ready than there are', subresource: 'status', change: status({ replicas: 1, readyReplicas: 2 }), refused: ['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas'] },
    { name: 'more available than ready', subresource: 'status', change: status({ replicas: 1, availableReplicas: 1 }), refused: ['status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas'] },
  ],
  warnings: [
    ['a name with a dot', { metadata: { name: 'a.b' } }, ["metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
  ],
};
export default cases;
