/** MutatingAdmissionPolicyBindings. */
import type { KindCases } from '../kind-cases.ts';
import { mutatingAdmissionPolicyBindingDefinition } from './mutating-admission-policy-binding.ts';

const cases: KindCases = {
  definition: mutatingAdmissionPolicyBindingDefinition,
  base: { spec: { policyName: 'sidecar' } },
  defaults: [['what it narrows', { spec: { matchResources: {} } }, { spec: { policyName: 'sidecar', matchResources: { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' } } }]],
  refused: [
    ['no policy', { spec: { policyName: '' } }, ['spec.policyName: Required value']],
    ['nothing of missing parameters', { spec: { paramRef: { name: 'a' } } }, ['spec.paramRef.parameterNotFoundAction: Required value']],
  ],
  updates: [{ name: 'the policy', change: { spec: { policyName: 'other' } } }],
};
export default cases;
