/** MutatingAdmissionPolicies: what they have beside the validating ones. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { mutatingAdmissionPolicyDefinition } from './mutating-admission-policy.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const mutation = { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } };
const spec = (more: object): Patch => ({ spec: more });

const cases: KindCases = {
  definition: mutatingAdmissionPolicyDefinition,
  base: { spec: { matchConstraints: { resourceRules: [rule] }, mutations: [mutation], reinvocationPolicy: 'Never' } },
  defaults: [['fails closed, asked once', {}, { spec: { failurePolicy: 'Fail', reinvocationPolicy: 'Never', mutations: [mutation], matchConstraints: { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent', resourceRules: [{ ...rule, scope: '*' }] } } }]],
  accepted: [['a JSON patch', spec({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }], reinvocationPolicy: 'IfNeeded' })]],
  refused: [
    ['no mutations', spec({ mutations: [] }), ['spec.mutations: Required value: mutations must contain at least one item']],
    ['an unknown way to change', spec({ mutations: [{ ...mutation, patchType: 'Merge' }] }), ['spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"']],
    ['asked always', spec({ reinvocationPolicy: 'Always' }), ['spec.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"']],
  ],
  updates: [{ name: 'everything', change: spec({ failurePolicy: 'Ignore' }) }],
};
export default cases;
