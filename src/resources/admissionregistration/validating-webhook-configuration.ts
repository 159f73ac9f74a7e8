/** ValidatingWebhookConfigurations: servers asked to judge writes. */
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';
import { defaultWebhook, fromBeta, group, validateWebhooks, validateWebhooksUpdate } from './webhooks.ts';

export const validatingWebhookConfigurationDefinition = defineKind<admissionregistrationv1.ValidatingWebhookConfiguration>({
  group,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
  categories: ['api-extensions'],
  versions: ['v1', { name: 'v1beta1', toStorage: fromBeta, deprecationWarning: retired(group, 'v1beta1', 'ValidatingWebhookConfiguration', '1.16', '1.22') }],
  strategy: {
    defaults(configuration) {
      for (const webhook of configuration.webhooks ?? []) defaultWebhook(webhook);
    },
    validate: ({ webhooks }, facts) => validateWebhooks(webhooks, facts),
    validateUpdate: ({ webhooks }, old, facts) => validateWebhooksUpdate(webhooks, old.webhooks, facts),
  },
  columns: [nameColumn, integer('Webhooks', ({ webhooks }) => (webhooks ?? []).length), ageColumn],
});

export const validatingWebhookConfigurations = typedKind<admissionregistrationv1.ValidatingWebhookConfiguration>(validatingWebhookConfigurationDefinition);
