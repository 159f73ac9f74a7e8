/** Validation of ResourceQuotas. Upstream: pkg/apis/core/validation (ValidateResourceQuota), pkg/apis/core/helper/helpers.go */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { validateAmount, validateQuotaResourceName } from '../validation/resource-lists.ts';

const spec = FieldPath.of('spec');
const scopes: ReadonlySet<string> = new Set(['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity', 'VolumeAttributesClass']);
/** Scopes that are there or not: there is nothing to compare. */
const withoutValues: ReadonlySet<string> = new Set(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']);
const ofPodCompute = /^(pods|cpu|memory|requests\.(cpu|memory)|limits\.(cpu|memory))$/;
const conflicting = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const;

export function validateQuota({ spec: given = {} }: corev1.ResourceQuota): FieldError[] {
  return [...validateAmounts(given.hard, spec.child('hard')), ...validateScopes(given), ...validateSelector(given)];
}

function validateAmounts(amounts: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, amount]) => [...validateQuotaResourceName(name, path.key(name)), ...validateAmount(name, amount, path.key(name))]);
}

/** Whether a scope can say anything of a standard resource. */
function applies(scope: string, name: string): boolean {
  if (name.includes('/')) return true;
  switch (scope) {
    case 'BestEffort':
      return name === 'pods';
    case 'VolumeAttributesClass':
      return name === 'persistentvolumeclaims' || name === 'requests.storage';
    default:
      return ofPodCompute.test(name) || name.endsWith('ephemeral-storage') || name.startsWith('requests.hugepages-') || name.startsWith('hugepages-');
  }
}

const conflicts = (given: readonly string[], path: FieldPath, shown: unknown): FieldError[] =>
  conflicting.flatMap(([a, b]) => (given.includes(a) && given.includes(b) ? [invalid(path, shown, 'conflicting scopes')] : []));

function validateScopes({ scopes: given = [], hard }: corev1.ResourceQuotaSpec): FieldError[] {
  const path = spec.child('scopes');
  const errors: FieldError[] = [];
  for (const scope of given) {
    if (!scopes.has(scope)) errors.push(invalid(path, given, 'unsupported scope'));
    for (const name of Object.keys(hard ?? {}).sort()) if (!applies(scope, name)) errors.push(invalid(path, given, 'unsupported scope applied to resource'));
  }
  return [...errors, ...conflicts(given, path, given)];
}

function validateSelector({ scopeSelector, hard, scopes: shown = [] }: corev1.ResourceQuotaSpec): FieldError[] {
  const path = spec.child('scopeSelector', 'matchExpressions');
  const given = scopeSelector?.matchExpressions ?? [];
  const errors = given.flatMap(({ scopeName, operator, values = [] }) => {
    const own: FieldError[] = scopes.has(scopeName) ? [] : [invalid(path.child('scopeName'), scopeName, 'unsupported scope')];
    for (const name of Object.keys(hard ?? {}).sort()) if (!applies(scopeName, name)) own.push(invalid(path, scopeSelector, 'unsupported scope applied to resource'));
    if (withoutValues.has(scopeName) && operator !== 'Exists') {
      own.push(invalid(path.child('operator'), operator, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"));
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) own.push(required(path.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) own.push(invalid(path.child('values'), values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
    } else own.push(invalid(path.child('operator'), operator ?? '', 'not a valid selector operator'));
    return own;
  });
  return [...errors, ...conflicts(given.map(({ scopeName }) => scopeName), path, shown)];
}

/** What is counted may change, what it is counted over may not. */
export function validateQuotaUpdate(quota: corev1.ResourceQuota, old: corev1.ResourceQuota): FieldError[] {
  const now = new Set(quota.spec?.scopes ?? []);
  const before = new Set(old.spec?.scopes ?? []);
  const same = now.size === before.size && [...now].every((scope) => before.has(scope));
  return [...validateQuota(quota), ...(same ? [] : [invalid(spec.child('scopes'), quota.spec?.scopes ?? [], 'field is immutable')])];
}

export function validateQuotaStatus({ status = {} }: corev1.ResourceQuota): FieldError[] {
  return [...validateAmounts(status.hard, FieldPath.of('status', 'hard')), ...validateAmounts(status.used, FieldPath.of('status', 'used'))];
}
