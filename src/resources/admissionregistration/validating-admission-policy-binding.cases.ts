/** ValidatingAdmissionPolicyBindings. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { validatingAdmissionPolicyBindingDefinition } from './validating-admission-policy-binding.ts';

const spec = (more: object): Patch => ({ spec: more });
const param = (more: object): Patch => spec({ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny', ...more } });

const cases: KindCases = {
  definition: validatingAdmissionPolicyBindingDefinition,
  base: { spec: { policyName: 'replicas', validationActions: ['Deny'] } },
  defaults: [['what it narrows', spec({ matchResources: {} }), { spec: { policyName: 'replicas', validationActions: ['Deny'], matchResources: { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' } } }]],
  accepted: [['two actions', spec({ validationActions: ['Deny', 'Audit'] })], ['parameters', param({})], ['parameters by label', param({ name: null, selector: { matchLabels: { a: 'b' } } })]],
  refused: [
    ['no policy', spec({ policyName: '' }), ['spec.policyName: Required value']],
    ['no action', spec({ validationActions: [] }), ['spec.validationActions: Required value: at least one validation action is required']],
    ['an action twice', spec({ validationActions: ['Warn', 'Warn'] }), ['spec.validationActions[1]: Duplicate value: "Warn"']],
    ['an unknown action', spec({ validationActions: ['Sigh'] }), ['spec.validationActions[0]: Unsupported value: "Sigh": supported values: "Audit", "Deny", "Warn"']],
    ['the same said twice', spec({ validationActions: ['Deny', 'Warn'] }), ['spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)']],
    ['no parameters', param({ name: null }), ['spec.paramRef: Required value: one of name or selector must be specified']],
    ['parameters by name and label', param({ selector: {} }), ['name', 'selector'].map((field) => `spec.paramRef.${field}: Forbidden: name and selector are mutually exclusive`)],
    ['nothing of missing parameters', param({ parameterNotFoundAction: null }), ['spec.paramRef.parameterNotFoundAction: Required value']],
    ['an unknown answer to missing parameters', param({ parameterNotFoundAction: 'Wait' }), ['spec.paramRef.parameterNotFoundAction: Unsupported value: "Wait": supported values: "Deny", "Allow"']],
    ['an unknown match policy', spec({ matchResources: { matchPolicy: 'Near' } }), ['spec.matchResouces.matchPolicy: Unsupported value: "Near": supported values: "Equivalent", "Exact"']],
  ],
  updates: [{ name: 'everything', change: spec({ policyName: 'other', validationActions: ['Audit'] }) }],
};
export default cases;
