/** ReplicationControllers. */
import type { KindCases } from '../kind-cases.ts';
import { replicationControllerDefinition } from './replication-controller.ts';

const template = (spec: object = {}, labels: object = { app: 'a' }): object => ({ metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec } });

const cases: KindCases = {
  definition: replicationControllerDefinition,
  base: { spec: { template: template() } },
  defaults: [['its labels and selector are the template’s', {}, { metadata: { labels: { app: 'a' } }, status: { replicas: 0 } }]],
  refused: [
    ['fewer than none', { spec: { replicas: -1 } }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['a selector that misses', { spec: { selector: { app: 'b' } } }, ['spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`']],
    ['no template', { spec: { template: null } }, ['spec.selector: Required value', 'spec.template: Required value']],
    ['Pods that end', { spec: { template: template({ restartPolicy: 'Never' }) } }, ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
    ['Pods with a deadline', { spec: { template: template({ activeDeadlineSeconds: 5 }) } }, ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported']],
  ],
  updates: [
    { name: 'selector and template', change: { spec: { selector: { app: 'b' }, template: template({}, { app: 'b' }) } } },
    { name: 'more ready than there are', subresource: 'status', change: { status: { replicas: 1, readyReplicas: 2 } }, refused: ['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas'] },
  ],
  warnings: [
    ['a name with a dot', { metadata: { name: 'a.b' } }, ["metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
  ],
};
export default cases;
