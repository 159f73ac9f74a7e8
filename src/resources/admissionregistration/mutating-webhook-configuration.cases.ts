/** MutatingWebhookConfigurations: what they have beside the validating ones. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { mutatingWebhookConfigurationDefinition } from './mutating-webhook-configuration.ts';

const hook = { name: 'set.example.com', clientConfig: { url: 'https://example.com' }, sideEffects: 'NoneOnDryRun', admissionReviewVersions: ['v1beta1'] };
const given = (more: object): Patch => ({ webhooks: [{ ...hook, ...more }] });

const cases: KindCases = {
  definition: mutatingWebhookConfigurationDefinition,
  base: { webhooks: [hook] },
  defaults: [['asked once', {}, { webhooks: [{ ...hook, failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10, reinvocationPolicy: 'Never' }] }]],
  accepted: [['asked again', given({ reinvocationPolicy: 'IfNeeded' })]],
  refused: [
    ['asked always', given({ reinvocationPolicy: 'Always' }), ['webhooks[0].reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"']],
    ['a name twice', { webhooks: [hook, hook] }, ['webhooks[1].name: Duplicate value: "set.example.com"']],
  ],
  updates: [{ name: 'how often it is asked', change: given({ reinvocationPolicy: 'IfNeeded' }) }],
};
export default cases;
