import { ageColumn, integer, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

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
      if (spec.matchConstraints !== undefined) spec.matchConstraints = { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent', ...spec.matchConstraints };
    },
  },
  columns: [
    nameColumn,
    integer('Mutations', ({ spec }) => (spec?.mutations ?? []).length),
    text('ParamKind', ({ spec }) => (spec?.paramKind === undefined ? unset : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`)),
    ageColumn,
  ],
});

export const mutatingAdmissionPolicies = typedKind<admissionregistrationv1.MutatingAdmissionPolicy>(mutatingAdmissionPolicyDefinition);
