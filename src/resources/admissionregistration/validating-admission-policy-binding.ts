import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const validatingAdmissionPolicyBindingDefinition = defineKind<admissionregistrationv1.ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  namespaced: false,
  categories: ['api-extensions'],
});

export const validatingAdmissionPolicyBindings = typedKind<admissionregistrationv1.ValidatingAdmissionPolicyBinding>(validatingAdmissionPolicyBindingDefinition);
