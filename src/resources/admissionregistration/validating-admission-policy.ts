import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const validatingAdmissionPolicyDefinition = defineKind<admissionregistrationv1.ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
  status: true,
});

export const validatingAdmissionPolicies = typedKind<admissionregistrationv1.ValidatingAdmissionPolicy>(validatingAdmissionPolicyDefinition);
