import { defineKind, typedKind } from '../define.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';

export const validatingWebhookConfigurationDefinition = defineKind<admissionregistrationv1.ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
  categories: ['api-extensions'],
});

export const validatingWebhookConfigurations = typedKind<admissionregistrationv1.ValidatingWebhookConfiguration>(validatingWebhookConfigurationDefinition);
