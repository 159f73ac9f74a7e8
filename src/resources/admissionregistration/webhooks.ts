/** What both kinds of webhook configurations share. Upstream: pkg/apis/admissionregistration/{v1,v1beta1}/defaults.go, validation */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type { DraftObject } from '../definition.ts';
import type * as admissionv1 from '../types/admissionregistration-v1.ts';
import { failurePolicies, matchPolicies, reinvocationPolicies, validateMatchConditions, validateRule } from './admission-rules.ts';
import { validateWebhookClient } from '../validation/webhook-client.ts';
import { supportedOnly, Unique } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkDns1035Label, checkDnsSubdomain } from '../validation/names.ts';

export { group } from './admission-rules.ts';
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
    return [...validateWebhook(webhook, at), ...validateReviewVersions(webhook.admissionReviewVersions ?? [], at.child('admissionReviewVersions')), ...(webhook.name ? names.check(at.child('name'), webhook.name) : [])];
  });
}

/** v1 allows only webhooks without side effects; v1beta1's others are stored in the same form, so they are allowed in both. */
const sideEffectClasses = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];

function validateWebhook(webhook: Webhook, path: FieldPath): FieldError[] {
  const seconds = webhook.timeoutSeconds ?? 10;
  return [
    ...validateName(webhook.name ?? '', path.child('name')),
    ...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, path.child('rules').index(i))),
    ...supportedOnly(path.child('failurePolicy'), webhook.failurePolicy, failurePolicies),
    ...supportedOnly(path.child('matchPolicy'), webhook.matchPolicy, matchPolicies),
    ...(webhook.sideEffects === undefined ? [required(path.child('sideEffects'), 'must specify one of None, NoneOnDryRun')] : supportedOnly(path.child('sideEffects'), webhook.sideEffects, sideEffectClasses)),
    ...(seconds < 1 || seconds > 30 ? [invalid(path.child('timeoutSeconds'), seconds, 'the timeout value must be between 1 and 30 seconds')] : []),
    ...validateLabelSelector(webhook.namespaceSelector, path.child('namespaceSelector')),
    ...validateLabelSelector(webhook.objectSelector, path.child('objectSelector')),
    ...('reinvocationPolicy' in webhook ? supportedOnly(path.child('reinvocationPolicy'), webhook.reinvocationPolicy, reinvocationPolicies) : []),
    ...validateWebhookClient(webhook.clientConfig, path.child('clientConfig')),
    ...validateMatchConditions(webhook.matchConditions, path.child('matchConditions')),
  ];
}

/** A domain of at least three labels. */
function validateName(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)];
  const wrong = checkDnsSubdomain(name);
  if (wrong.length > 0) return [invalid(path, name, wrong.join(','))];
  return name.split('.').length < 3 ? [invalid(path, name, 'should be a domain with at least three segments separated by dots')] : [];
}

const reviewVersions = ['v1', 'v1beta1'];

function validateReviewVersions(versions: readonly string[], path: FieldPath): FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${reviewVersions.join(', ')}`)];
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i ? [invalid(path.index(i), version, 'duplicate version')] : checkDns1035Label(version).map((message) => invalid(path.index(i), version, message)),
  );
  return versions.some((version) => reviewVersions.includes(version)) ? errors : [...errors, invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)];
}
