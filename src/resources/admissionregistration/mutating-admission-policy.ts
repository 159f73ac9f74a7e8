import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const mutatingAdmissionPolicyDefinition = defineKind<admissionregistrationv1.MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
});

export const mutatingAdmissionPolicies = typedKind<admissionregistrationv1.MutatingAdmissionPolicy>(mutatingAdmissionPolicyDefinition);
