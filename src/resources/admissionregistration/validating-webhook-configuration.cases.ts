/** ValidatingWebhookConfigurations. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { validatingWebhookConfigurationDefinition } from './validating-webhook-configuration.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const hook = { name: 'check.example.com', clientConfig: { service: { namespace: 'default', name: 'check' } }, sideEffects: 'None', admissionReviewVersions: ['v1'], rules: [rule] };
const given = (more: object): Patch => ({ webhooks: [{ ...hook, ...more }] });
const ruled = (more: object): Patch => given({ rules: [{ ...rule, ...more }] });
const service = (more: object): Patch => given({ clientConfig: { service: { namespace: 'default', name: 'check', ...more } } });
const url = (text: string): Patch => given({ clientConfig: { url: text } });
const form = 'desired format: https://host[/path]';
const at = (path: string, what: string): string[] => [`webhooks[0].${path}: ${what}`];
const completed = {
  ...hook, clientConfig: { service: { namespace: 'default', name: 'check', port: 443 } }, rules: [{ ...rule, scope: '*' }], failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10,
};

const cases: KindCases = {
  definition: validatingWebhookConfigurationDefinition,
  base: { webhooks: [hook] },
  defaults: [
    ['all of what is left away', {}, { webhooks: [completed] }],
    [
      'through v1beta1, more may be left away',
      { webhooks: [{ name: hook.name, clientConfig: hook.clientConfig, rules: [rule] }] },
      { webhooks: [{ ...completed, failurePolicy: 'Ignore', matchPolicy: 'Exact', timeoutSeconds: 30, sideEffects: 'Unknown', admissionReviewVersions: ['v1beta1'] }] },
      { version: 'v1beta1' },
    ],
  ],
  accepted: [
    ['none', { webhooks: null }],
    ['a URL', url('https://example.com/check')],
    ['everything', ruled({ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], scope: 'Namespaced' })],
    ['conditions', given({ matchConditions: [{ name: 'not-leases', expression: "request.resource.resource != 'leases'" }] })],
    ['a path', service({ path: '/admit/pods/' })],
    ['through v1beta1, side effects and a name twice', { webhooks: [{ ...hook, sideEffects: 'Some' }, hook] }, { version: 'v1beta1' }],
  ],
  refused: [
    ['a short name', given({ name: 'check' }), at('name', 'Invalid value: "check": should be a domain with at least three segments separated by dots')],
    ['a name twice', { webhooks: [hook, hook] }, ['webhooks[1].name: Duplicate value: "check.example.com"']],
    ['no versions', given({ admissionReviewVersions: [] }), at('admissionReviewVersions', 'Required value: must specify one of v1, v1beta1')],
    ['unknown versions', given({ admissionReviewVersions: ['v2', 'v2'] }), [...at('admissionReviewVersions[1]', 'Invalid value: "v2": duplicate version'), ...at('admissionReviewVersions', 'Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1')]],
    ['nothing of side effects', { webhooks: [{ ...hook, sideEffects: undefined }] }, at('sideEffects', 'Required value: must specify one of None, NoneOnDryRun')],
    ['side effects', given({ sideEffects: 'Some' }), at('sideEffects', 'Unsupported value: "Some": supported values: "None", "NoneOnDryRun"')],
    ['through v1beta1, unknown side effects', given({ sideEffects: 'Few' }), at('sideEffects', 'Unsupported value: "Few": supported values: "None", "NoneOnDryRun", "Some", "Unknown"'), { version: 'v1beta1' }],
    ['through v1beta1, unknown review versions', given({ admissionReviewVersions: ['v2'] }), at('admissionReviewVersions', 'Invalid value: ["v2"]: must include at least one of v1, v1beta1'), { version: 'v1beta1' }],
    ['an unknown failure policy', given({ failurePolicy: 'Retry' }), at('failurePolicy', 'Unsupported value: "Retry": supported values: "Fail", "Ignore"')],
    ['an unknown match policy', given({ matchPolicy: 'Near' }), at('matchPolicy', 'Unsupported value: "Near": supported values: "Equivalent", "Exact"')],
    ['a minute to answer', given({ timeoutSeconds: 60 }), at('timeoutSeconds', 'Invalid value: 60: the timeout value must be between 1 and 30 seconds')],
    ['no way to it', given({ clientConfig: {} }), at('clientConfig', 'Required value: exactly one of url or service is required')],
    ['two ways to it', given({ clientConfig: { url: 'https://example.com', service: { namespace: 'a', name: 'b' } } }), at('clientConfig', 'Required value: exactly one of url or service is required')],
    ['a plain URL', url('http://example.com'), at('clientConfig.url', `Invalid value: "http": 'https' is the only allowed URL scheme; ${form}`)],
    ['a URL with more', url('https://example.com/a?b=c#d'), [...at('clientConfig.url', 'Invalid value: "d": fragments are not permitted in the URL'), ...at('clientConfig.url', 'Invalid value: "b=c": query parameters are not permitted in the URL')]],
    ['a service of no name', service({ name: '' }), at('clientConfig.service.name', 'Required value')],
    ['a service of no namespace', service({ namespace: '' }), at('clientConfig.service.namespace', 'Required value')],
    ['a port beyond', service({ port: 70000 }), at('clientConfig.service.port', 'Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive')],
    ['a path that begins nowhere', service({ path: 'admit' }), at('clientConfig.service.path', 'Invalid value: "admit": must start with a \'/\'')],
    ['a path with a hole', service({ path: '/a//b' }), at('clientConfig.service.path', 'Invalid value: "/a//b": segment[1] may not be empty')],
    ['an empty rule', given({ rules: [{}] }), ['operations', 'apiGroups', 'apiVersions', 'resources'].flatMap((list) => at(`rules[0].${list}`, 'Required value')), { definitionOnly: 'decoding may have its say first' }],
    ['all operations and one', ruled({ operations: ['*', 'CREATE'] }), at('rules[0].operations', 'Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations')],
    ['an unknown operation', ruled({ operations: ['PATCH'] }), at('rules[0].operations[0]', 'Unsupported value: "PATCH": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"')],
    ['all groups and one', ruled({ apiGroups: ['*', 'apps'] }), at('rules[0].apiGroups', 'Invalid value: ["*","apps"]: if \'*\' is present, must not specify other API groups')],
    ['all versions and an empty one', ruled({ apiVersions: ['*', ''] }), [...at('rules[0].apiVersions', 'Invalid value: ["*",""]: if \'*\' is present, must not specify other API versions'), ...at('rules[0].apiVersions[1]', 'Required value')]],
    ['all subresources and one', ruled({ resources: ['pods/*', 'pods/log'] }), at('rules[0].resources[1]', 'Invalid value: "pods/log": if \'pods/*\' is present, must not specify pods/log')],
    ['a subresource of all and of one', ruled({ resources: ['*/scale', 'deployments/scale'] }), at('rules[0].resources[1]', 'Invalid value: "deployments/scale": if \'*/scale\' is present, must not specify deployments/scale')],
    ['all resources and one', ruled({ resources: ['*', 'pods'] }), at('rules[0].resources', 'Invalid value: ["*","pods"]: if \'*\' is present, must not specify other resources without subresources')],
    ['everything and one', ruled({ resources: ['*/*', 'pods'] }), at('rules[0].resources', 'Invalid value: ["*/*","pods"]: if \'*/*\' is present, must not specify other resources')],
    ['an unknown scope', ruled({ scope: 'World' }), at('rules[0].scope', 'Unsupported value: "World": supported values: "*", "Cluster", "Namespaced"')],
    ['a condition of no text, twice', given({ matchConditions: [{ name: 'a', expression: ' ' }, { name: 'a', expression: 'true' }] }), [...at('matchConditions[0].expression', 'Required value'), ...at('matchConditions[1].name', 'Duplicate value: "a"')]],
  ],
  updates: [
    { name: 'everything', change: given({ name: 'other.example.com', failurePolicy: 'Ignore' }) },
    { name: 'side effects', change: given({ sideEffects: 'Unknown' }), refused: at('sideEffects', 'Unsupported value: "Unknown": supported values: "None", "NoneOnDryRun"') },
    { name: 'side effects that v1beta1 allowed', beforeVersion: 'v1beta1', before: given({ sideEffects: 'Unknown' }), change: given({ sideEffects: 'Unknown', timeoutSeconds: 5 }) },
    { name: 'a short name', change: given({ name: 'a.b' }), refused: at('name', 'Invalid value: "a.b": should be a domain with at least three segments separated by dots') },
  ],
};
export default cases;
