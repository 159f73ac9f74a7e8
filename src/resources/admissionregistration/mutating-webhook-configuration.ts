/** MutatingWebhookConfigurations: servers asked to change writes. */
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as admissionregistrationv1 from '../types/admissionregistration-v1.ts';
import { defaultWebhook, fromBeta, group, validateWebhooks, validateWebhooksUpdate } from './webhooks.ts';

export const mutatingWebhookConfigurationDefinition = defineKind<admissionregistrationv1.MutatingWebhookConfiguration>({
  group,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  namespaced: false,
  categories: ['api-extensions'],
  versions: ['v1', { name: 'v1beta1', toStorage: fromBeta, deprecationWarning: retired(group, 'v1beta1', 'MutatingWebhookConfiguration', '1.16', '1.22') }],
  strategy: {
    defaults(configuration) {
      for (const webhook of configuration.webhooks ?? []) {
        defaultWebhook(webhook);
        webhook.reinvocationPolicy ??= 'Never';
      }
    },
    validate: ({ webhooks }, facts) => validateWebhooks(webhooks, facts),
    validateUpdate: ({ webhooks }, old, facts) => validateWebhooksUpdate(webhooks, old.webhooks, facts),
  },
  columns: [nameColumn, integer('Webhooks', ({ webhooks }) => (webhooks ?? []).length), ageColumn],
});

export const mutatingWebhookConfigurations = typedKind<admissionregistrationv1.MutatingWebhookConfiguration>(mutatingWebhookConfigurationDefinition);
