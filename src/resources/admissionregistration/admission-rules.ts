/** Which requests admission looks at: what webhooks and policies share. Upstream: pkg/apis/admissionregistration/validation/validation.go */
import { invalid, notSupported, required, tooMany, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type * as admissionv1 from '../types/admissionregistration-v1.ts';
import { invalidFor, oneOf, supportedOnly, Unique } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkPathSegmentName, checkQualifiedName } from '../validation/names.ts';

export const group = 'admissionregistration.k8s.io';
export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];
export const reinvocationPolicies = ['IfNeeded', 'Never'];
const operationNames = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const maxConditions = 64;

export function defaultMatchResources(match: Draft<admissionv1.MatchResources>): void {
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  match.matchPolicy ??= 'Equivalent';
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*';
}

export function validateMatchResources(match: admissionv1.MatchResources, path: FieldPath): FieldError[] {
  const rules = (list: 'resourceRules' | 'excludeResourceRules'): FieldError[] => (match[list] ?? []).flatMap((rule, i) => validateNamedRule(rule, path.child(list).index(i)));
  return [
    ...oneOf(path.child('matchPolicy'), match.matchPolicy, matchPolicies),
    ...validateLabelSelector(match.namespaceSelector, path.child('namespaceSelector')),
    ...validateLabelSelector(match.objectSelector, path.child('objectSelector')),
    ...rules('resourceRules'),
    ...rules('excludeResourceRules'),
  ];
}

function validateNamedRule(rule: admissionv1.NamedRuleWithOperations, path: FieldPath): FieldError[] {
  const names = new Unique();
  const errors = (rule.resourceNames ?? []).flatMap((name, i) => {
    const at = path.child('resourceNames').index(i);
    return [...invalidFor(at, name, checkPathSegmentName(name)), ...names.check(at, name)];
  });
  return [...errors, ...validateRule(rule, path)];
}

export function validateRule(rule: admissionv1.RuleWithOperations, path: FieldPath): FieldError[] {
  return [
    ...starAlone(rule.operations, path.child('operations'), 'operations'),
    ...(rule.operations ?? []).flatMap((operation, i) => (operationNames.includes(operation) ? [] : [notSupported(path.child('operations').index(i), operation, operationNames)])),
    ...starAlone(rule.apiGroups, path.child('apiGroups'), 'API groups'),
    ...starAlone(rule.apiVersions, path.child('apiVersions'), 'API versions'),
    ...(rule.apiVersions ?? []).flatMap((version, i) => (version === '' ? [required(path.child('apiVersions').index(i))] : [])),
    ...validateResources(rule.resources ?? [], path.child('resources')),
    ...supportedOnly(path.child('scope'), rule.scope, ['*', 'Cluster', 'Namespaced']),
  ];
}

/** A list of at least one, where '*' leaves no room for others. */
function starAlone(list: readonly string[] | undefined, path: FieldPath, what: string): FieldError[] {
  if (list === undefined || list.length === 0) return [required(path)];
  return list.length > 1 && list.includes('*') ? [invalid(path, list, `if '*' is present, must not specify other ${what}`)] : [];
}

/** 'pods', 'pods/log', 'pods/*', '*\/scale', '*', '*\/*': none that another one includes. */
function validateResources(resources: readonly string[], path: FieldPath): FieldError[] {
  if (resources.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const withAllSubresources = new Set<string>();
  const ofAllResources = new Set<string>();
  resources.forEach((text, i) => {
    if (text === '') errors.push(required(path.index(i)));
    const slash = text.indexOf('/');
    if (slash < 0) return;
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (withAllSubresources.has(resource)) errors.push(invalid(path.index(i), text, `if '${resource}/*' is present, must not specify ${text}`));
    if (ofAllResources.has(subresource)) errors.push(invalid(path.index(i), text, `if '*/${subresource}' is present, must not specify ${text}`));
    if (subresource === '*') withAllSubresources.add(resource);
    if (resource === '*') ofAllResources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*')) errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  const plain = resources.some((text) => text !== '' && text !== '*' && !text.includes('/'));
  if (plain && resources.includes('*')) errors.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}

/** Whether the expressions are CEL is admission's to say (apiserver/admission/policy-expressions.ts): this room has none. */
export function validateMatchConditions(conditions: readonly admissionv1.MatchCondition[] | undefined, path: FieldPath): FieldError[] {
  if (conditions === undefined) return [];
  const names = new Unique();
  const errors = conditions.length > maxConditions ? [tooMany(path, conditions.length, maxConditions)] : [];
  conditions.forEach(({ name, expression }, i) => {
    const at = path.index(i);
    if ((expression ?? '').trim() === '') errors.push(required(at.child('expression')));
    if (!name) errors.push(required(at.child('name')));
    else errors.push(...invalidFor(at.child('name'), name, checkQualifiedName(name)), ...names.check(at.child('name'), name));
  });
  return errors;
}
