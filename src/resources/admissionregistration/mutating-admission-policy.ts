/** MutatingAdmissionPolicies: expressions that change writes. Upstream: pkg/apis/admissionregistration/validation/validation.go */
import { FieldPath, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { oneOf } from '../validation/fields.ts';
import { defaultMatchResources, reinvocationPolicies } from './admission-rules.ts';
import { validatePolicy } from './policy-rules.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

const path = FieldPath.of('spec');

function validate({ spec }: admissionregistrationv1.MutatingAdmissionPolicy): FieldError[] {
  const mutations = spec?.mutations ?? [];
  return [
    ...validatePolicy(spec ?? {}),
    ...(mutations.length === 0 ? [required(path.child('mutations'), 'mutations must contain at least one item')] : []),
    ...mutations.flatMap(({ patchType }, i) => oneOf(path.child('mutations').index(i).child('patchType'), patchType, ['ApplyConfiguration', 'JSONPatch'])),
    ...oneOf(path.child('reinvocationPolicy'), spec?.reinvocationPolicy, reinvocationPolicies),
  ];
}

export const mutatingAdmissionPolicyDefinition = defineKind<admissionregistrationv1.MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
  strategy: {
    defaults({ spec }) {
      if (spec === undefined) return;
      spec.failurePolicy ??= 'Fail';
      spec.reinvocationPolicy ??= 'Never';
      if (spec.matchConstraints !== undefined) defaultMatchResources(spec.matchConstraints);
    },
    validate,
    validateUpdate: (policy) => validate(policy),
  },
  columns: [
    nameColumn,
    integer('Mutations', ({ spec }) => (spec?.mutations ?? []).length),
    text('ParamKind', ({ spec }) => (spec?.paramKind === undefined ? unset : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`)),
    ageColumn,
  ],
});

export const mutatingAdmissionPolicies = typedKind<admissionregistrationv1.MutatingAdmissionPolicy>(mutatingAdmissionPolicyDefinition);
