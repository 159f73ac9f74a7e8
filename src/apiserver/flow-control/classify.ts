/** Which FlowSchema a request is of: the first, by precedence, with a rule that fits it. Upstream: k8s.io/apiserver/pkg/util/flowcontrol/rule.go */
import type { FlowSchema, NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../../resources/types/flowcontrol-v1.ts';
import type { RequestInfo } from '../request-info.ts';
import type { UserInfo } from '../request.ts';

export function matches({ spec }: FlowSchema, info: RequestInfo, user: UserInfo): boolean {
  return (spec?.rules ?? []).some((rule) => matchesRule(rule, info, user));
}

function matchesRule({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects, info: RequestInfo, user: UserInfo): boolean {
  if (!subjects.some((subject) => isSubject(subject, user))) return false;
  return info.isResource ? (resourceRules ?? []).some((rule) => matchesResource(rule, info)) : (nonResourceRules ?? []).some((rule) => matchesPath(rule, info));
}

function isSubject({ kind, user: named, group, serviceAccount }: Subject, user: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return named?.name === '*' || named?.name === user.name;
    case 'Group':
      return group?.name === '*' || user.groups.includes(group?.name ?? '');
    case 'ServiceAccount': {
      const prefix = `system:serviceaccount:${serviceAccount?.namespace ?? ''}:`;
      return user.name.startsWith(prefix) && (serviceAccount?.name === '*' || user.name === prefix + (serviceAccount?.name ?? ''));
    }
    default:
      return false;
  }
}

const holds = (list: readonly string[] | undefined, value: string): boolean => list !== undefined && (list.includes('*') || list.includes(value));

function matchesResource(rule: ResourcePolicyRule, { verb, group, resource, subresource, namespace }: RequestInfo): boolean {
  if (!holds(rule.verbs, verb) || !holds(rule.apiGroups, group)) return false;
  if (!holds(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`)) return false;
  return namespace === '' ? rule.clusterScope === true : holds(rule.namespaces, namespace);
}

function matchesPath({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path }: RequestInfo): boolean {
  return holds(verbs, verb) && nonResourceURLs.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
}

/** What requests of one flow have in common beside their schema. */
export function distinguisher({ spec }: FlowSchema, info: RequestInfo, user: UserInfo): string {
  if (spec?.distinguisherMethod?.type === 'ByUser') return user.name;
  return spec?.distinguisherMethod?.type === 'ByNamespace' ? info.namespace : '';
}
