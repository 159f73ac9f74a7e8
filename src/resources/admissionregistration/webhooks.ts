/** What both kinds of webhook configurations share. Upstream: pkg/apis/admissionregistration/{v1,v1beta1}/defaults.go, validation */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type { DraftObject } from '../definition.ts';
import type * as admissionv1 from '../types/admissionregistration-v1.ts';
import { supportedOnly, Unique } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkDnsSubdomain } from '../validation/names.ts';

export const group = 'admissionregistration.k8s.io';
type Webhook = admissionv1.ValidatingWebhook | admissionv1.MutatingWebhook;

export function defaultWebhook(webhook: Draft<Webhook>): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
  if (webhook.clientConfig?.service !== undefined) webhook.clientConfig.service.port ??= 443;
}

/** v1beta1 was more lenient: other defaults, and fields that v1 requires could be left away. */
export function fromBeta(object: DraftObject): DraftObject {
  for (const webhook of (object['webhooks'] as Record<string, unknown>[] | undefined) ?? []) {
    webhook['failurePolicy'] ??= 'Ignore';
    webhook['matchPolicy'] ??= 'Exact';
    webhook['timeoutSeconds'] ??= 30;
    webhook['sideEffects'] ??= 'Unknown';
    webhook['admissionReviewVersions'] ??= ['v1beta1'];
  }
  return object;
}

export function validateWebhooks(webhooks: readonly Webhook[] | undefined): FieldError[] {
  const names = new Unique();
  return (webhooks ?? []).flatMap((webhook, i) => {
    const at = FieldPath.of('webhooks').index(i);
    return [...names.check(at.child('name'), webhook.name), ...validateWebhook(webhook, at)];
  });
}

function validateWebhook(webhook: Webhook, path: FieldPath): FieldError[] {
  const seconds = webhook.timeoutSeconds ?? 10;
  const name = webhook.name ?? '';
  return [
    ...(name === '' ? [required(path.child('name'))] : checkDnsSubdomain(name).map((message) => invalid(path.child('name'), name, message))),
    ...(name !== '' && name.split('.').length < 3 ? [invalid(path.child('name'), name, 'should be a domain with at least three segments separated by dots')] : []),
    ...((webhook.admissionReviewVersions ?? []).length === 0 ? [required(path.child('admissionReviewVersions'), 'must specify one of v1, v1beta1')] : []),
    ...(webhook.sideEffects === undefined ? [required(path.child('sideEffects'), 'must specify one of None, NoneOnDryRun')] : supportedOnly(path.child('sideEffects'), webhook.sideEffects, ['None', 'NoneOnDryRun', 'Some', 'Unknown'])),
    ...supportedOnly(path.child('failurePolicy'), webhook.failurePolicy, ['Fail', 'Ignore']),
    ...supportedOnly(path.child('matchPolicy'), webhook.matchPolicy, ['Equivalent', 'Exact']),
    ...(seconds < 1 || seconds > 30 ? [invalid(path.child('timeoutSeconds'), seconds, 'the timeout value must be between 1 and 30 seconds')] : []),
    ...validateLabelSelector(webhook.namespaceSelector, path.child('namespaceSelector')),
    ...validateLabelSelector(webhook.objectSelector, path.child('objectSelector')),
    ...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, path.child('rules').index(i))),
    ...validateClient(webhook.clientConfig, path.child('clientConfig')),
  ];
}

function validateRule(rule: admissionv1.RuleWithOperations, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['apiGroups', 'apiVersions', 'resources', 'operations'] as const) if ((rule[field] ?? []).length === 0) errors.push(required(path.child(field)));
  (rule.operations ?? []).forEach((operation, i) => {
    const known = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
    if (!known.includes(operation)) errors.push(notSupported(path.child('operations').index(i), operation, known));
  });
  return errors;
}

function validateClient(client: admissionv1.WebhookClientConfig | undefined, path: FieldPath): FieldError[] {
  if ((client?.url === undefined) === (client?.service === undefined)) return [required(path, 'exactly one of url or service is required')];
  if (client?.url !== undefined) return client.url.startsWith('https://') ? [] : [invalid(path.child('url'), client.url.split(':')[0], "'https' is the only allowed URL scheme; desired format: https://host[/path]")];
  return [
    ...(client?.service?.name ? [] : [required(path.child('service', 'name'), 'service name is required')]),
    ...(client?.service?.namespace ? [] : [required(path.child('service', 'namespace'), 'service namespace is required')]),
  ];
}
