/** MutatingAdmissionPolicyBindings: where a policy holds. Upstream: pkg/apis/admissionregistration/validation/validation.go */
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { defaultMatchResources } from './admission-rules.ts';
import { paramRefText, validateBinding } from './policy-rules.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const mutatingAdmissionPolicyBindingDefinition = defineKind<admissionregistrationv1.MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  namespaced: false,
  categories: ['api-extensions'],
  strategy: {
    defaults({ spec }) {
      if (spec?.matchResources !== undefined) defaultMatchResources(spec.matchResources);
    },
    validate: ({ spec }) => validateBinding(spec),
    validateUpdate: ({ spec }) => validateBinding(spec),
  },
  columns: [nameColumn, text('PolicyName', ({ spec }) => spec?.policyName ?? ''), text('ParamRef', ({ spec }) => paramRefText(spec?.paramRef)), ageColumn],
});

export const mutatingAdmissionPolicyBindings = typedKind<admissionregistrationv1.MutatingAdmissionPolicyBinding>(mutatingAdmissionPolicyBindingDefinition);
