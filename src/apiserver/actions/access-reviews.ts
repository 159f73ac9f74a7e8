/** The questions about rights and identity: SubjectAccessReview in all forms, SelfSubjectRulesReview, SelfSubjectReview, TokenReview. */
import type { AnyObject } from '../../apimachinery/object.ts';
import { badRequest } from '../../apimachinery/status-error.ts';
import type * as authorizationv1 from '../../resources/types/authorization-v1.ts';
import type * as rbacv1 from '../../resources/types/rbac-v1.ts';
import type { AccessRequest, Authorizer } from '../authz/authorizer.ts';
import type { RbacPolicy } from '../authz/rbac.ts';
import { checkToken, type TokenAuthenticatorOptions } from '../authn/service-account-tokens.ts';
import { apiVersionOf } from '../negotiation/conversion.ts';
import { decodePosted } from '../negotiation/decode.ts';
import type { ApiRequest, ApiResponse, ServedResource, UserInfo } from '../request.ts';
import type { ResourceHandler } from '../router.ts';

const schemaOf = (kind: string): string => `io.k8s.api.authorization.v1.${kind}`;

function answer(served: ServedResource, spec: unknown, status: unknown): ApiResponse {
  const object = { kind: served.definition.kind, apiVersion: apiVersionOf(served), metadata: {}, spec, status } as unknown as AnyObject;
  return { type: 'object', status: 201, served: undefined, object };
}

/** Whoever asks about others must be allowed to; whoever asks about themselves may. */
export function accessReviewActions(authorizer: Authorizer, policy: RbacPolicy): Record<string, ResourceHandler> {
  const review = async (request: ApiRequest, served: ServedResource, subject: (spec: authorizationv1.SubjectAccessReviewSpec) => UserInfo, namespace?: string): Promise<ApiResponse> => {
    const posted = await decodePosted(request, schemaOf(served.definition.kind));
    const spec = (posted['spec'] ?? {}) as authorizationv1.SubjectAccessReviewSpec & { group?: string[] };
    if (namespace !== undefined && spec.resourceAttributes?.namespace !== namespace) throw badRequest(`spec.resourceAttributes.namespace: must match metadata.namespace`);
    const decision = await authorizer(accessFor(subject(spec), spec));
    return answer(served, spec, { allowed: decision.allowed, ...(decision.denied ? { denied: true } : {}), ...(decision.reason === '' ? {} : { reason: decision.reason }) });
  };
  const named = (spec: authorizationv1.SubjectAccessReviewSpec & { group?: string[] }): UserInfo => {
    const groups = spec.groups ?? spec.group ?? [];
    if (!spec.user && groups.length === 0) throw badRequest('spec.user: at least one of user or group must be specified');
    return { name: spec.user ?? '', groups, uid: spec.uid, extra: spec.extra };
  };
  return {
    'authorization.k8s.io/subjectaccessreviews': (request, served) => review(request, served, named),
    'authorization.k8s.io/localsubjectaccessreviews': (request, served) => review(request, served, named, request.info.namespace),
    'authorization.k8s.io/selfsubjectaccessreviews': (request, served) => review(request, served, () => request.user),
    'authorization.k8s.io/selfsubjectrulesreviews': async (request, served) => {
      const posted = await decodePosted(request, schemaOf(served.definition.kind));
      const spec = (posted['spec'] ?? {}) as { namespace?: string };
      return answer(served, spec, rulesStatus(request.user, spec.namespace ?? '', policy));
    },
    'authentication.k8s.io/selfsubjectreviews': async (request, served) => answer(served, undefined, { userInfo: userInfo(request.user) }),
  };
}

export function tokenReviewAction(options: TokenAuthenticatorOptions): ResourceHandler {
  return async (request, served) => {
    const posted = await decodePosted(request, 'io.k8s.api.authentication.v1.TokenReview');
    const spec = (posted['spec'] ?? {}) as { token?: string; audiences?: string[] };
    if (!spec.token) throw badRequest('token is required for TokenReview in authentication');
    const wanted = spec.audiences ?? [];
    const checked = checkToken(spec.token, options, wanted.length > 0 ? wanted : options.audiences);
    if (checked === undefined || typeof checked === 'string') {
      return answer(served, { ...spec }, { user: {}, error: checked ?? 'token lookup failed' });
    }
    const user = { ...checked.user, groups: [...checked.user.groups, 'system:authenticated'] };
    return answer(served, { ...spec }, { authenticated: true, user: userInfo(user), audiences: checked.identity.audiences });
  };
}

const userInfo = ({ name, uid, groups, extra }: UserInfo): object => ({ username: name, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) });

function accessFor(user: UserInfo, spec: authorizationv1.SubjectAccessReviewSpec): AccessRequest {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (resource && path) throw badRequest('spec.nonResourceAttributes: cannot be specified in combination with resourceAttributes');
  if (!resource && !path) throw badRequest('spec.resourceAttributes: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  return {
    user,
    verb: resource?.verb ?? path?.verb ?? '',
    isResource: resource !== undefined,
    group: resource?.group ?? '',
    version: resource?.version ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    path: path?.path ?? '',
  };
}

function rulesStatus(user: UserInfo, namespace: string, policy: RbacPolicy): object {
  const resourceRules: rbacv1.PolicyRule[] = [];
  const nonResourceRules: rbacv1.PolicyRule[] = [];
  if (user.groups.includes('system:masters')) {
    resourceRules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
    nonResourceRules.push({ verbs: ['*'], nonResourceURLs: ['*'] });
  }
  for (const { rule } of policy.rulesFor(user, namespace)) {
    if ((rule.nonResourceURLs ?? []).length > 0) nonResourceRules.push(rule);
    else resourceRules.push(rule);
  }
  return {
    resourceRules: resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) })),
    nonResourceRules: nonResourceRules.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
