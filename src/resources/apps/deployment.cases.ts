/** Deployments. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { deploymentDefinition } from './deployment.ts';

const container = { name: 'app', image: 'nginx' };
const labels = { app: 'a' };
const template = (spec: object = {}): Patch => ({ spec: { template: { metadata: { labels }, spec: { containers: [container], ...spec } } } });
const status = (counts: object): Patch => ({ status: counts });

const cases: KindCases = {
  definition: deploymentDefinition,
  base: { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } } },
  defaults: [
    ['a rolling update', {}, {
      spec: {
        replicas: 1, selector: { matchLabels: labels }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } }, revisionHistoryLimit: 10, progressDeadlineSeconds: 600,
        template: {
          metadata: { labels },
          spec: {
            containers: [{ ...container, imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} }],
            restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler',
          },
        },
      },
    }],
  ],
  refused: [
    ['fewer than none', { spec: { replicas: -1 } }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['no selector', { spec: { selector: null } }, ['spec.selector: Required value']],
    ['an empty selector', { spec: { selector: { matchLabels: null } } }, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['a selector that misses', { spec: { selector: { matchLabels: { app: 'b' } } } }, ['spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`']],
    ['Pods that end', template({ restartPolicy: 'OnFailure' }), ['spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"']],
    ['Pods with a deadline', template({ activeDeadlineSeconds: 5 }), ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported']],
    ['no containers', template({ containers: [] }), ['spec.template.spec.containers: Required value']],
    ['an unknown strategy', { spec: { strategy: { type: 'Magic' } } }, ['spec.strategy: Unsupported value: {"type":"Magic"}: supported values: "Recreate", "RollingUpdate"']],
    ['a rolling recreation', { spec: { strategy: { type: 'Recreate', rollingUpdate: {} } } }, ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"]],
    ['no way to move', { spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } } }, ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0']],
    ['more than all', { spec: { strategy: { rollingUpdate: { maxUnavailable: '110%' } } } }, ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "110%": must not be greater than 100%']],
    ['a share without a sign', { spec: { strategy: { rollingUpdate: { maxSurge: '25' } } } }, ["spec.strategy.rollingUpdate.maxSurge: Invalid value: \"25\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"]],
    ['a deadline before it begins', { spec: { minReadySeconds: 10, progressDeadlineSeconds: 10 } }, ['spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds']],
  ],
  updates: [
    { name: 'replicas and image', change: { spec: { replicas: 3, template: { spec: { containers: [{ ...container, image: 'nginx:1' }] } } } } },
    { name: 'a selector may not change', change: { spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } } }, refused: ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'] },
    { name: 'a count below zero', subresource: 'status', change: status({ replicas: -1 }), refused: ['status.replicas: Invalid value: -1: must be greater than or equal to 0', ...['updatedReplicas', 'readyReplicas', 'availableReplicas'].map((name) => `status.${name}: Invalid value: 0: cannot be greater than status.replicas`)] },
    { name: 'more ready than there are', subresource: 'status', change: status({ replicas: 1, readyReplicas: 2 }), refused: ['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas'] },
    { name: 'more available than ready', subresource: 'status', change: status({ replicas: 1, availableReplicas: 1 }), refused: ['status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas'] },
  ],
  warnings: [
    ['a name with a dot', { metadata: { name: 'a.b' } }, ["metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
  ],
};
export default cases;
