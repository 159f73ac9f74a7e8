/**
 * Acting as someone else, where RBAC allows it: Impersonate-User, -Group, -Uid and -Extra-*.
 * Upstream: k8s.io/apiserver/pkg/endpoints/filters/impersonation.go
 */
import { badRequest, forbidden } from '../../apimachinery/status-error.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import type { ApiRequest, Filter, UserInfo } from '../request.ts';
import { withAuthenticatedGroup } from './authentication.ts';

const extraPrefix = 'impersonate-extra-';

export function impersonation(authorizer: Authorizer): Filter {
  return async function impersonate(request, next) {
    const wanted = readHeaders(request);
    if (!wanted) return next(request);
    const may = async (group: string, resource: string, name: string, namespace = '', subresource = ''): Promise<void> => {
      const decision = await authorizer({ user: request.user, verb: 'impersonate', isResource: true, group, version: 'v1', resource, subresource, namespace, name, path: '' });
      if (!decision.allowed) {
        throw forbidden({ group, resource: subresource === '' ? resource : `${resource}/${subresource}` }, name, `User "${request.user.name}" cannot impersonate resource "${resource}" in API group "${group}" at the cluster scope`);
      }
    };
    const account = serviceAccountOf(wanted.name);
    if (account) await may('', 'serviceaccounts', account.name, account.namespace);
    else await may('', 'users', wanted.name);
    for (const group of wanted.groups) await may('', 'groups', group);
    if (wanted.uid !== undefined) await may('authentication.k8s.io', 'uids', wanted.uid);
    for (const [key, values] of Object.entries(wanted.extra ?? {})) for (const value of values) await may('authentication.k8s.io', 'userextras', value, '', key);
    request.user = finish(wanted, account);
    return next(request);
  };
}

function readHeaders(request: ApiRequest): UserInfo | undefined {
  const { headers } = request;
  const sent = headers.startingWith('impersonate-');
  if (sent.length === 0) return undefined;
  const names = headers.all('impersonate-user');
  const groups = headers.all('impersonate-group');
  const uid = headers.get('impersonate-uid');
  const extra: Record<string, readonly string[]> = {};
  for (const header of sent) {
    if (header.startsWith(extraPrefix)) extra[decodeURIComponent(header.slice(extraPrefix.length))] = headers.all(header);
  }
  const hasExtra = Object.keys(extra).length > 0;
  if (names.length === 0) {
    if (groups.length === 0 && uid === undefined && !hasExtra) return undefined;
    throw badRequest('requested impersonation of groups, a uid or extra fields without impersonating a user');
  }
  if (names.length > 1) throw badRequest('Impersonate-User may be sent once only');
  return { name: names[0] ?? '', groups, ...(uid === undefined ? {} : { uid }), ...(hasExtra ? { extra } : {}) };
}

export function serviceAccountOf(name: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  return match ? { namespace: match[1] ?? '', name: match[2] ?? '' } : undefined;
}

function finish(wanted: UserInfo, account: { namespace: string } | undefined): UserInfo {
  const groups = wanted.groups.length === 0 && account ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : wanted.groups;
  return wanted.name === 'system:anonymous' ? { ...wanted, groups: [...groups, 'system:unauthenticated'] } : withAuthenticatedGroup({ ...wanted, groups });
}
