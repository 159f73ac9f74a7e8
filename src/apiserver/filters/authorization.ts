/** Refuses what the authorizer does not allow, in upstream's words. */
import { forbidden, StatusError } from '../../apimachinery/status-error.ts';
import type { AccessRequest, Authorizer } from '../authz/authorizer.ts';
import type { ApiRequest, Filter } from '../request.ts';

export function authorization(authorizer: Authorizer): Filter {
  return async function authorize(request, next) {
    const access = accessOf(request);
    const answer = authorizer(access);
    const decision = answer instanceof Promise ? await answer : answer;
    if (!decision.allowed) throw refusal(access, decision.reason);
    return next(request);
  };
}

export function accessOf({ info, user, query }: ApiRequest): AccessRequest {
  const { verb, isResource, group, version, resource, subresource, namespace, name, path } = info;
  const fieldSelector = verb === 'list' || verb === 'watch' ? (query.get('fieldSelector') ?? undefined) : undefined;
  return { user, verb, isResource, group, version, resource, subresource, namespace, name, path, fieldSelector };
}

export function refusal(access: AccessRequest, reason: string): StatusError {
  const { user, verb, group, resource, subresource, namespace, name, path } = access;
  const because = reason === '' ? '' : `: ${reason}`;
  if (!access.isResource) {
    return new StatusError({ code: 403, reason: 'Forbidden', message: `forbidden: User "${user.name}" cannot ${verb} path "${path}"${because}`, details: {} });
  }
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return forbidden({ group, resource }, name, `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}${because}`);
}
