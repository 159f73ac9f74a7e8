/** StatefulSets. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { statefulSetDefinition } from './stateful-set.ts';

const labels = { app: 'a' };
const container = { name: 'app', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const given = (more: object): Patch => ({ spec: more });
const rule = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

const cases: KindCases = {
  definition: statefulSetDefinition,
  base: { spec: { serviceName: 'web', selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } }, volumeClaimTemplates: [claim] } },
  defaults: [['no replicas yet', {}, { status: { replicas: 0, availableReplicas: 0 } }]],
  accepted: [['all at once', given({ podManagementPolicy: 'Parallel' })], ['on deletion', given({ updateStrategy: { type: 'OnDelete' } })], ['from ten on', given({ ordinals: { start: 10 } })]],
  refused: [
    ['an unknown order', given({ podManagementPolicy: 'Random' }), ['spec.podManagementPolicy: Invalid value: "Random": must be \'OrderedReady\' or \'Parallel\'']],
    ['an unknown strategy', given({ updateStrategy: { type: 'Magic' } }), ['spec.updateStrategy: Invalid value: {"type":"Magic"}: must be \'RollingUpdate\' or \'OnDelete\'']],
    ['rolling on deletion', given({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }), ['spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy \'RollingUpdate\'']],
    ['a part below zero', given({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: -1 } } }), ['spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0']],
    ['none unavailable', given({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } }), ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0']],
    ['an unknown fate of claims', given({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Burn' } }), ['spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Burn": supported values: "Retain", "Delete"']],
    ['an empty selector', given({ selector: { matchLabels: null } }), ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset']],
    ['Pods that end', given({ template: { spec: { restartPolicy: 'Never' } } }), ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
    ['a start below zero', given({ ordinals: { start: -1 } }), ['spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0']],
    ['a dotted name', { metadata: { name: 'a.b' } }, ['metadata.name: Invalid value: "a.b": must not contain dots']],
  ],
  updates: [
    { name: 'replicas, template and history', change: given({ replicas: 3, revisionHistoryLimit: 2, template: { spec: { containers: [{ ...container, image: 'nginx:1' }] } } }) },
    { name: 'its Service stays', change: given({ serviceName: 'db' }), refused: [rule] },
    { name: 'its claims stay', change: given({ volumeClaimTemplates: [{ ...claim, spec: { ...claim.spec, accessModes: ['ReadWriteMany'] } }] }), refused: [rule] },
    { name: 'more available than ready', subresource: 'status', change: { status: { replicas: 1, availableReplicas: 1 } }, refused: ['status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas'] },
  ],
  warnings: [
    ['endless history', { spec: { revisionHistoryLimit: -1 } }, ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']],
    ['a claim of half a byte', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } } }] } }, ['spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer']],
  ],
};
export default cases;
