import { ageColumn, integer, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const validatingAdmissionPolicyDefinition = defineKind<admissionregistrationv1.ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
  status: true,
  strategy: {
    defaults({ spec }) {
      if (spec === undefined) return;
      spec.failurePolicy ??= 'Fail';
      if (spec.matchConstraints !== undefined) spec.matchConstraints = { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent', ...spec.matchConstraints };
    },
  },
  columns: [
    nameColumn,
    integer('Validations', ({ spec }) => (spec?.validations ?? []).length),
    text('ParamKind', ({ spec }) => (spec?.paramKind === undefined ? unset : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`)),
    ageColumn,
  ],
});

export const validatingAdmissionPolicies = typedKind<admissionregistrationv1.ValidatingAdmissionPolicy>(validatingAdmissionPolicyDefinition);
