/** Whom and what a FlowSchema speaks of. Upstream: pkg/apis/flowcontrol/validation */
import { FieldPath, forbidden, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';
import { checkedText, invalidFor, nonEmpty, sameJson } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';
import { bootstrapFlowSchemas } from './bootstrap.ts';

const spec = FieldPath.of('spec');
const highestPrecedence = 10_000;
const verbNames = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
/** No cluster works without these two as they are. */
const mandatory = bootstrapFlowSchemas.filter(({ metadata }) => metadata.name === 'exempt' || metadata.name === 'catch-all');

export function validateFlowSchema({ metadata, spec: given }: flowcontrolv1.FlowSchema): FieldError[] {
  const { distinguisherMethod: method, priorityLevelConfiguration: level, rules = [] } = given ?? {};
  const methods = ['ByNamespace', 'ByUser'];
  const fixed = mandatory.find((schema) => schema.metadata.name === metadata.name);
  return [
    ...validatePrecedence(given?.matchingPrecedence ?? 0, metadata.name === 'exempt'),
    ...(method !== undefined && !methods.includes(method.type) ? [notSupported(spec.child('distinguisherMethod', 'type'), method, methods)] : []),
    ...checkedText(spec.child('priorityLevelConfiguration', 'name'), level?.name, checkDnsSubdomain, 'must reference a priority level'),
    ...rules.flatMap((rule, i) => validateRule(rule, spec.child('rules').index(i))),
    ...(fixed !== undefined && !sameJson(given, fixed.spec) ? [invalid(spec, given, `spec of '${metadata.name ?? ''}' must equal the fixed value`)] : []),
  ];
}

function validatePrecedence(value: number, mayBeFirst: boolean): FieldError[] {
  const path = spec.child('matchingPrecedence');
  if (value <= 0) return [invalid(path, value, 'must be a positive value')];
  if (value > highestPrecedence) return [invalid(path, value, `must not be greater than ${highestPrecedence}`)];
  return value === 1 && !mayBeFirst ? [invalid(path, value, "only the schema named 'exempt' may have matchingPrecedence 1")] : [];
}

function validateRule({ subjects = [], resourceRules = [], nonResourceRules = [] }: flowcontrolv1.PolicyRulesWithSubjects, path: FieldPath): FieldError[] {
  return [
    ...(subjects.length === 0 ? [required(path.child('subjects'), 'subjects must contain at least one value')] : []),
    ...subjects.flatMap((subject, i) => validateSubject(subject, path.child('subjects').index(i))),
    ...(resourceRules.length + nonResourceRules.length === 0 ? [required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...resourceRules.flatMap((rule, i) => validateResourceRule(rule, path.child('resourceRules').index(i))),
    ...nonResourceRules.flatMap((rule, i) => validateUrlRule(rule, path.child('nonResourceRules').index(i))),
  ];
}

const subjectFields = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;
type SubjectKind = keyof typeof subjectFields;
const isSubjectKind = (kind: string): kind is SubjectKind => Object.hasOwn(subjectFields, kind);

function validateSubject(subject: flowcontrolv1.Subject, path: FieldPath): FieldError[] {
  const { kind } = subject;
  if (!isSubjectKind(kind)) return [notSupported(path.child('kind'), kind, ['Group', 'ServiceAccount', 'User'])];
  const own = subjectFields[kind];
  const others = Object.entries(subjectFields).filter(([name, field]) => name !== kind && subject[field] !== undefined);
  return [
    ...(subject[own] === undefined ? [required(path.child(own), `${own} is required when subject kind is '${kind}'`)] : validateNamed(subject, kind, path.child(own))),
    ...others.map(([name, field]) => forbidden(path.child(field), `${field} is forbidden when subject kind is not '${name}'`)),
  ];
}

function validateNamed({ user, group, serviceAccount }: flowcontrolv1.Subject, kind: SubjectKind, path: FieldPath): FieldError[] {
  if (kind !== 'ServiceAccount') return nonEmpty(path.child('name'), kind === 'User' ? user?.name : group?.name);
  const { name, namespace } = serviceAccount ?? {};
  return [
    ...(name === '*' ? [] : checkedText(path.child('name'), name, checkDnsSubdomain)),
    ...checkedText(path.child('namespace'), namespace, checkDnsLabel, 'must specify namespace for service account'),
  ];
}

/** Required, and '*' leaves no room for others. */
function validateList(list: readonly string[] | undefined, path: FieldPath, empty: string, others: string): FieldError[] {
  if (list === undefined || list.length === 0) return [required(path, empty)];
  return list.length > 1 && list.includes('*') ? [invalid(path, list, `if '*' is present, must not specify other ${others}`)] : [];
}

function validateVerbs(verbs: readonly string[] | undefined, path: FieldPath): FieldError[] {
  const unknown = verbs !== undefined && !verbs.includes('*') && verbs.some((verb) => !verbNames.includes(verb));
  return [...validateList(verbs, path, 'verbs must contain at least one value', 'verbs'), ...(unknown ? [notSupported(path, verbs, verbNames)] : [])];
}

function validateResourceRule(rule: flowcontrolv1.ResourcePolicyRule, path: FieldPath): FieldError[] {
  const { verbs, apiGroups, resources, namespaces = [], clusterScope = false } = rule;
  const at = path.child('namespaces');
  return [
    ...validateVerbs(verbs, path.child('verbs')),
    ...validateList(apiGroups, path.child('apiGroups'), 'resource rules must supply at least one api group', 'api groups'),
    ...validateList(resources, path.child('resources'), 'resource rules must supply at least one resource', 'resources'),
    ...(namespaces.length === 0 && clusterScope ? [] : validateList(namespaces, at, 'resource rules that are not cluster scoped must supply at least one namespace', 'namespaces')),
    ...(namespaces.includes('*') ? [] : namespaces.flatMap((name, i) => invalidFor(at.index(i), name, checkDnsLabel(name).map((problem) => `each member of this list must be '*' or a DNS-1123 label; ${problem}`)))),
  ];
}

function validateUrlRule({ verbs, nonResourceURLs = [] }: flowcontrolv1.NonResourcePolicyRule, path: FieldPath): FieldError[] {
  const at = path.child('nonResourceURLs');
  return [
    ...validateVerbs(verbs, path.child('verbs')),
    ...validateList(nonResourceURLs, at, 'nonResourceURLs must contain at least one value', 'non-resource URLs'),
    ...(nonResourceURLs.includes('*') ? [] : nonResourceURLs.flatMap((url, i) => invalidFor(at.index(i), url, checkUrlPath(url)))),
  ];
}

function checkUrlPath(url: string): string[] {
  if (url === '') return ['must not be empty'];
  if (!url.startsWith('/')) return ['must start with slash'];
  if (url.includes(' ')) return ['must not contain white-space'];
  if (url.includes('//')) return ['must not contain double slash'];
  const star = url.indexOf('*');
  return star >= 0 && (star !== url.length - 1 || !url.endsWith('/*')) ? ['wildcard can only do suffix matching'] : [];
}
