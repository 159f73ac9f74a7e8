/** The priority levels and flow schemas that every cluster starts with. Upstream: pkg/apis/flowcontrol/bootstrap */
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';

interface Queue {
  readonly queues: number;
  readonly handSize: number;
}
const level = (name: string, shares: number, lendablePercent: number, queue?: Queue): flowcontrolv1.PriorityLevelConfiguration => ({
  apiVersion,
  kind: 'PriorityLevelConfiguration',
  metadata: { name },
  spec: {
    type: 'Limited',
    limited: { nominalConcurrencyShares: shares, lendablePercent, limitResponse: queue === undefined ? { type: 'Reject' } : { type: 'Queue', queuing: { ...queue, queueLengthLimit: 50 } } },
  },
});

export const bootstrapPriorityLevels: readonly flowcontrolv1.PriorityLevelConfiguration[] = [
  { apiVersion, kind: 'PriorityLevelConfiguration', metadata: { name: 'exempt' }, spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } } },
  level('catch-all', 5, 0),
  level('system', 30, 33, { queues: 64, handSize: 6 }),
  level('node-high', 40, 25, { queues: 64, handSize: 6 }),
  level('leader-election', 10, 0, { queues: 16, handSize: 4 }),
  level('workload-high', 40, 50, { queues: 128, handSize: 6 }),
  level('workload-low', 100, 90, { queues: 128, handSize: 6 }),
  level('global-default', 20, 50, { queues: 128, handSize: 6 }),
];

const groupSubject = (name: string): flowcontrolv1.Subject => ({ kind: 'Group', group: { name } });
const userSubject = (name: string): flowcontrolv1.Subject => ({ kind: 'User', user: { name } });
const accountSubject = (name: string): flowcontrolv1.Subject => ({ kind: 'ServiceAccount', serviceAccount: { name, namespace: 'kube-system' } });
const everyone = [groupSubject('system:authenticated'), groupSubject('system:unauthenticated')];

const anyResource: flowcontrolv1.ResourcePolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };
const anyUrl: flowcontrolv1.NonResourcePolicyRule = { verbs: ['*'], nonResourceURLs: ['*'] };

const schema = (name: string, levelName: string, matchingPrecedence: number, by: 'ByUser' | 'ByNamespace' | undefined, rules: readonly flowcontrolv1.PolicyRulesWithSubjects[]): flowcontrolv1.FlowSchema => ({
  apiVersion,
  kind: 'FlowSchema',
  metadata: { name },
  spec: { matchingPrecedence, priorityLevelConfiguration: { name: levelName }, ...(by === undefined ? {} : { distinguisherMethod: { type: by } }), rules },
});
const all = (subjects: readonly flowcontrolv1.Subject[]): flowcontrolv1.PolicyRulesWithSubjects => ({ subjects, resourceRules: [anyResource], nonResourceRules: [anyUrl] });
const leases = (subjects: readonly flowcontrolv1.Subject[]): flowcontrolv1.PolicyRulesWithSubjects => ({
  subjects,
  resourceRules: [{ verbs: ['create', 'get', 'update'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] }],
});

export const bootstrapFlowSchemas: readonly flowcontrolv1.FlowSchema[] = [
  schema('exempt', 'exempt', 1, undefined, [all([groupSubject('system:masters')])]),
  schema('probes', 'exempt', 2, undefined, [{ subjects: everyone, nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] }]),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', [leases([userSubject('system:kube-controller-manager'), userSubject('system:kube-scheduler'), accountSubject('*')])]),
  schema('endpoint-controller', 'workload-high', 150, 'ByUser', [{
    subjects: [userSubject('system:kube-controller-manager'), accountSubject('endpoint-controller'), accountSubject('endpointslicemirroring-controller')],
    resourceRules: [{ verbs: ['get', 'create', 'update'], apiGroups: [''], resources: ['endpoints'], namespaces: ['*'] }],
  }]),
  schema('workload-leader-election', 'leader-election', 200, 'ByUser', [leases([accountSubject('*')])]),
  schema('system-node-high', 'node-high', 400, 'ByUser', [{
    subjects: [groupSubject('system:nodes')],
    resourceRules: [
      { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
      { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
    ],
  }]),
  schema('system-nodes', 'system', 500, 'ByUser', [all([groupSubject('system:nodes')])]),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', [all([userSubject('system:kube-controller-manager')])]),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', [all([userSubject('system:kube-scheduler')])]),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [all([accountSubject('*')])]),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', [all([groupSubject('system:serviceaccounts')])]),
  schema('global-default', 'global-default', 9900, 'ByUser', [all(everyone)]),
  schema('catch-all', 'catch-all', 10000, 'ByUser', [all(everyone)]),
];
