/** ResourceQuotas. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { resourceQuotaDefinition } from './resource-quota.ts';

const hard = (amounts: object): Patch => ({ spec: { hard: amounts } });
const scoped = (scopes: readonly string[]): Patch => ({ spec: { scopes } });
const selected = (one: object): Patch => ({ spec: { scopeSelector: { matchExpressions: [one] } } });

const cases: KindCases = {
  definition: resourceQuotaDefinition,
  base: { spec: { hard: { pods: '10' } } },
  accepted: [
    ['all sorts', hard({ 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/jobs.batch': '4', 'requests.example.com/gpu': '2', 'fast.storageclass.storage.k8s.io/requests.storage': '1Gi', 'services.loadbalancers': '0' })],
    ['a class of priority', selected({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] })],
  ],
  refused: [
    ['an unknown resource', hard({ time: '1' }), ['spec.hard[time]: Invalid value: "time": must be a standard resource type or fully qualified', 'spec.hard[time]: Invalid value: "time": must be a standard resource for quota']],
    ['half a Pod', hard({ pods: '500m' }), ['spec.hard[pods]: Invalid value: "500m": must be an integer']],
    ['less than nothing', hard({ pods: '-1' }), ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']],
    ['an unknown scope', scoped(['Nice']), ['spec.scopes: Invalid value: ["Nice"]: unsupported scope']],
    ['scopes that exclude each other', scoped(['Terminating', 'NotTerminating']), ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes']],
    ['a scope that says nothing of the resource', { spec: { hard: { cpu: '1' }, scopes: ['BestEffort'] } }, ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource']],
    ['a class without values', selected({ scopeName: 'PriorityClass', operator: 'In' }), ["spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"]],
  ],
  updates: [
    { name: 'amounts', change: hard({ pods: '20' }) },
    { name: 'scopes may not change', change: scoped(['Terminating']), refused: ['spec.scopes: Invalid value: ["Terminating"]: field is immutable'] },
    { name: 'a status', subresource: 'status', change: { status: { hard: { pods: '10' }, used: { pods: '1' } } } },
  ],
};
export default cases;
