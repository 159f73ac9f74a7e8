/** ValidatingAdmissionPolicyBindings: where a policy holds. Upstream: pkg/apis/admissionregistration/validation/validation.go */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { supportedOnly, Unique } from '../validation/fields.ts';
import { defaultMatchResources } from './admission-rules.ts';
import { paramRefText, validateBinding } from './policy-rules.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

const path = FieldPath.of('spec', 'validationActions');
const actions = ['Audit', 'Deny', 'Warn'];

function validate({ spec }: admissionregistrationv1.ValidatingAdmissionPolicyBinding): FieldError[] {
  const given = spec?.validationActions ?? [];
  const seen = new Unique();
  return [
    ...validateBinding(spec),
    ...given.flatMap((action, i) => [...supportedOnly(path.index(i), action, actions), ...seen.check(path.index(i), action)]),
    ...(given.includes('Deny') && given.includes('Warn') ? [invalid(path, given, 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)')] : []),
    ...(given.length === 0 ? [required(path, 'at least one validation action is required')] : []),
  ];
}

export const validatingAdmissionPolicyBindingDefinition = defineKind<admissionregistrationv1.ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  namespaced: false,
  categories: ['api-extensions'],
  strategy: {
    defaults({ spec }) {
      if (spec?.matchResources !== undefined) defaultMatchResources(spec.matchResources);
    },
    validate,
    validateUpdate: (binding) => validate(binding),
  },
  columns: [nameColumn, text('PolicyName', ({ spec }) => spec?.policyName ?? ''), text('ParamRef', ({ spec }) => paramRefText(spec?.paramRef)), ageColumn],
});

export const validatingAdmissionPolicyBindings = typedKind<admissionregistrationv1.ValidatingAdmissionPolicyBinding>(validatingAdmissionPolicyBindingDefinition);
