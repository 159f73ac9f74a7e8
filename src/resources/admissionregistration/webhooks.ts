/** What both kinds of webhook configurations share. Upstream: pkg/apis/admissionregistration/{v1,v1beta1}/defaults.go, validation */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type { DraftObject, RequestFacts } from '../definition.ts';
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

/** What v1 asks for and v1beta1 does not; what was stored otherwise may stay so. */
interface Demands {
  readonly noSideEffects: boolean;
  readonly uniqueNames: boolean;
  readonly knownReviewVersions: boolean;
}
type Webhooks = readonly Webhook[] | undefined;

export const validateWebhooks = (webhooks: Webhooks, { apiVersion }: RequestFacts): FieldError[] =>
  validateAll(webhooks ?? [], { noSideEffects: !isBeta(apiVersion), uniqueNames: !isBeta(apiVersion), knownReviewVersions: true });

export function validateWebhooksUpdate(webhooks: Webhooks, old: Webhooks, { apiVersion }: RequestFacts): FieldError[] {
  const before = old ?? [];
  return validateAll(webhooks ?? [], {
    noSideEffects: !isBeta(apiVersion) && before.every(({ sideEffects }) => sideEffects !== undefined && harmless.includes(sideEffects)),
    uniqueNames: !isBeta(apiVersion) && new Set(before.map(({ name }) => name)).size === before.length,
    knownReviewVersions: before.every(({ admissionReviewVersions }) => knowsReviewVersion(admissionReviewVersions ?? [])),
  });
}

const isBeta = (apiVersion: string): boolean => apiVersion.endsWith('/v1beta1');

function validateAll(webhooks: readonly Webhook[], demands: Demands): FieldError[] {
  const names = new Unique();
  return webhooks.flatMap((webhook, i) => {
    const at = FieldPath.of('webhooks').index(i);
    return [
      ...validateWebhook(webhook, demands, at),
      ...validateReviewVersions(webhook.admissionReviewVersions ?? [], demands, at.child('admissionReviewVersions')),
      ...(webhook.name && demands.uniqueNames ? names.check(at.child('name'), webhook.name) : []),
    ];
  });
}

const harmless = ['None', 'NoneOnDryRun'];
const sideEffectClasses = [...harmless, 'Some', 'Unknown'];

function validateSideEffects(given: string | undefined, { noSideEffects }: Demands, path: FieldPath): FieldError[] {
  if (given === undefined) return noSideEffects ? [required(path, `must specify one of ${harmless.join(', ')}`)] : [];
  return supportedOnly(path, given, noSideEffects ? harmless : sideEffectClasses);
}

function validateWebhook(webhook: Webhook, demands: Demands, path: FieldPath): FieldError[] {
  const seconds = webhook.timeoutSeconds ?? 10;
  return [
    ...validateName(webhook.name ?? '', path.child('name')),
    ...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, path.child('rules').index(i))),
    ...supportedOnly(path.child('failurePolicy'), webhook.failurePolicy, failurePolicies),
    ...supportedOnly(path.child('matchPolicy'), webhook.matchPolicy, matchPolicies),
    ...validateSideEffects(webhook.sideEffects, demands, path.child('sideEffects')),
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

const knowsReviewVersion = (versions: readonly string[]): boolean => versions.some((version) => reviewVersions.includes(version));

function validateReviewVersions(versions: readonly string[], { knownReviewVersions }: Demands, path: FieldPath): FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${reviewVersions.join(', ')}`)];
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i ? [invalid(path.index(i), version, 'duplicate version')] : checkDns1035Label(version).map((message) => invalid(path.index(i), version, message)),
  );
  return !knownReviewVersions || knowsReviewVersion(versions) ? errors : [...errors, invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)];
}
