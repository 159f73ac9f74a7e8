/**
 * Role based access control over the RBAC objects in the cache. Bindings are indexed by subject and what a user may do is remembered, both
 * until an RBAC object changes, so that a decision looks only at the user's own rules.
 * Upstream: k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac
 */
import type * as rbacv1 from '../../resources/types/rbac-v1.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { ResourceCache } from '../../storage/resource-cache.ts';
import type { WatchCache } from '../../storage/watch-cache.ts';
import { registryPrefix } from '../../storage/watch-cache.ts';
import type { UserInfo } from '../request.ts';
import { serviceAccountOf } from '../filters/impersonation.ts';
import { noOpinion, type AccessRequest, type Authorizer } from './authorizer.ts';

const group = 'rbac.authorization.k8s.io';

interface Grant {
  /** '' for cluster-wide. */
  readonly namespace: string;
  readonly roleRef: rbacv1.RoleRef;
  /** 'ClusterRoleBinding "x" of ClusterRole "y" to User "z"' */
  readonly reason: string;
}

/** The rules that one binding gives. */
interface GivenRules extends Pick<Grant, 'namespace' | 'reason'> {
  readonly rules: readonly rbacv1.PolicyRule[];
}

/** Users whose rules are remembered; controllers alone are some forty. */
const mostUsers = 1000;

export class RbacPolicy {
  readonly #roles: ResourceCache;
  readonly #clusterRoles: ResourceCache;
  readonly #roleBindings: ResourceCache;
  readonly #clusterRoleBindings: ResourceCache;
  #grants = new Map<string, Grant[]>();
  readonly #givenTo = new Map<string, readonly GivenRules[]>();
  #builtFrom = -1;

  constructor(cache: WatchCache) {
    this.#roles = cache.resource(`${group}/roles`);
    this.#clusterRoles = cache.resource(`${group}/clusterroles`);
    this.#roleBindings = cache.resource(`${group}/rolebindings`);
    this.#clusterRoleBindings = cache.resource(`${group}/clusterrolebindings`);
  }

  /** The rules a user has in a namespace ('' for cluster-wide ones only), with where each comes from. */
  *rulesFor(user: UserInfo, namespace: string): Generator<{ rule: rbacv1.PolicyRule; reason: string }> {
    for (const { namespace: where, rules, reason } of this.#rulesGivenTo(user)) {
      if (where === '' || where === namespace) for (const rule of rules) yield { rule, reason };
    }
  }

  /** Why the user may do that; undefined when no rule says so. */
  reasonFor(access: AccessRequest): string | undefined {
    return this.#rulesGivenTo(access.user).find(({ namespace, rules }) => (namespace === '' || namespace === access.namespace) && rules.some((rule) => ruleAllows(rule, access)))?.reason;
  }

  rulesOf(roleRef: rbacv1.RoleRef, namespace: string): readonly rbacv1.PolicyRule[] {
    return this.findRules(roleRef, namespace) ?? [];
  }

  /** Undefined when there is no such role. */
  findRules(roleRef: rbacv1.RoleRef, namespace: string): readonly rbacv1.PolicyRule[] | undefined {
    const key = roleRef.kind === 'ClusterRole' ? `${registryPrefix}${group}/clusterroles/${roleRef.name}` : `${registryPrefix}${group}/roles/${namespace}/${roleRef.name}`;
    const role = (roleRef.kind === 'ClusterRole' ? this.#clusterRoles : this.#roles).get(key);
    return role && ((role.object as KubeObject as rbacv1.ClusterRole).rules ?? []);
  }

  #rulesGivenTo(user: UserInfo): readonly GivenRules[] {
    this.#refresh();
    const key = JSON.stringify([user.name, user.groups]);
    const known = this.#givenTo.get(key);
    if (known) return known;
    const given = this.#grantsOf(user).map(({ namespace, roleRef, reason }) => ({ namespace, reason, rules: this.rulesOf(roleRef, namespace) }));
    if (this.#givenTo.size >= mostUsers) this.#givenTo.clear();
    this.#givenTo.set(key, given);
    return given;
  }

  #grantsOf(user: UserInfo): Grant[] {
    const account = serviceAccountOf(user.name);
    const subjects = [`User ${user.name}`, ...user.groups.map((name) => `Group ${name}`), ...(account ? [`ServiceAccount ${account.namespace}/${account.name}`] : [])];
    return subjects.flatMap((subject) => this.#grants.get(subject) ?? []);
  }

  #refresh(): void {
    // Each only ever grows, and so does their sum when one does.
    const now = this.#roles.changes + this.#clusterRoles.changes + this.#roleBindings.changes + this.#clusterRoleBindings.changes;
    if (now === this.#builtFrom) return;
    this.#builtFrom = now;
    this.#givenTo.clear();
    this.#grants = new Map();
    const everything = { prefix: registryPrefix };
    for (const { object } of this.#clusterRoleBindings.list(everything)) this.#add(object as KubeObject as rbacv1.ClusterRoleBinding, 'ClusterRoleBinding', '');
    for (const { object } of this.#roleBindings.list(everything)) this.#add(object as KubeObject as rbacv1.RoleBinding, 'RoleBinding', object.metadata.namespace ?? '');
  }

  #add(binding: rbacv1.RoleBinding, kind: string, namespace: string): void {
    const { name = '' } = binding.metadata;
    for (const subject of binding.subjects ?? []) {
      const who = subject.kind === 'ServiceAccount' ? `ServiceAccount ${subject.namespace ?? namespace}/${subject.name}` : `${subject.kind} ${subject.name}`;
      const shown = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name;
      const bindingName = namespace === '' ? name : `${name}/${namespace}`;
      const grant: Grant = { namespace, roleRef: binding.roleRef, reason: `RBAC: allowed by ${kind} "${bindingName}" of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${subject.kind} "${shown}"` };
      const grants = this.#grants.get(who);
      if (grants) grants.push(grant);
      else this.#grants.set(who, [grant]);
    }
  }
}

export function rbacAuthorizer(policy: RbacPolicy): Authorizer {
  return (access) => {
    const reason = policy.reasonFor(access);
    return reason === undefined ? noOpinion : { allowed: true, reason };
  };
}

export function ruleAllows(rule: rbacv1.PolicyRule, access: AccessRequest): boolean {
  if (!has(rule.verbs, access.verb)) return false;
  if (!access.isResource) return (rule.nonResourceURLs ?? []).some((url) => url === '*' || url === access.path || (url.endsWith('*') && access.path.startsWith(url.slice(0, -1))));
  if (!has(rule.apiGroups, access.group)) return false;
  const combined = access.subresource === '' ? access.resource : `${access.resource}/${access.subresource}`;
  const resources = rule.resources ?? [];
  if (!resources.some((r) => r === '*' || r === combined || (access.subresource !== '' && r === `*/${access.subresource}`))) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(access.name);
}

const has = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((entry) => entry === '*' || entry === value);
