import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const mutatingWebhookConfigurationDefinition = defineKind<admissionregistrationv1.MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  namespaced: false,
  categories: ['api-extensions'],
});

export const mutatingWebhookConfigurations = typedKind<admissionregistrationv1.MutatingWebhookConfiguration>(mutatingWebhookConfigurationDefinition);
