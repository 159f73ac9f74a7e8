/**
 * Roles and bindings give away only what their writer has, unless they hold the verb `escalate` on roles, or `bind` on the role bound.
 * Upstream: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go
 */
import { equalJson } from '../../apimachinery/equal-json.ts';
import * as status from '../../apimachinery/status-error.ts';
import type * as rbacv1 from '../../resources/types/rbac-v1.ts';
import type { AccessRequest } from '../authz/authorizer.ts';
import { describeRules, quoted, uncovered } from '../authz/rule-cover.ts';
import { subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const group = 'rbac.authorization.k8s.io';
const everything: rbacv1.PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];

export function rbacEscalation(dependencies: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: ({ operation, definition, subresource, user }) => definition.group === group && operation !== 'DELETE' && subresource === '' && !user.groups.includes('system:masters'),
    async validate(attributes) {
      if (attributes.definition.plural.endsWith('bindings')) await checkBinding(attributes, dependencies);
      else await checkRole(attributes, dependencies);
    },
  };
}

const may = async ({ user, namespace }: AdmissionAttributes, { authorizer }: AdmissionDependencies, access: Pick<AccessRequest, 'verb' | 'resource' | 'name'>): Promise<boolean> =>
  (await authorizer({ ...access, user, isResource: true, group, version: '*', subresource: '', namespace, path: '' })).allowed;

async function checkRole(attributes: AdmissionAttributes, dependencies: AdmissionDependencies): Promise<void> {
  const role = attributes.object as unknown as rbacv1.ClusterRole;
  const old = attributes.old as unknown as rbacv1.ClusterRole | undefined;
  if (old && equalJson(role.rules ?? [], old.rules ?? []) && equalJson(role.aggregationRule, old.aggregationRule)) return;
  if (await may(attributes, dependencies, { verb: 'escalate', resource: attributes.definition.plural, name: attributes.name })) return;
  confirm(attributes, role.rules ?? [], dependencies);
  if (role.aggregationRule === undefined || equalJson(role.aggregationRule, old?.aggregationRule)) return;
  if (uncovered(heldBy(attributes, dependencies), everything).length > 0) {
    throw status.forbidden(subjectOf(attributes.definition), attributes.name, 'must have cluster-admin privileges to use the aggregationRule');
  }
}

async function checkBinding(attributes: AdmissionAttributes, dependencies: AdmissionDependencies): Promise<void> {
  const binding = attributes.object as unknown as rbacv1.RoleBinding;
  const old = attributes.old as unknown as rbacv1.RoleBinding | undefined;
  if (old && equalJson(binding.subjects ?? [], old.subjects ?? []) && equalJson(binding.roleRef, old.roleRef)) return;
  const { kind, name } = binding.roleRef;
  const resource = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (await may(attributes, dependencies, { verb: 'bind', resource, name })) return;
  const rules = dependencies.policy.findRules(binding.roleRef, attributes.namespace);
  if (!rules) throw status.notFound({ group, resource }, name);
  confirm(attributes, rules, dependencies);
}

const heldBy = ({ user, namespace }: AdmissionAttributes, { policy }: AdmissionDependencies): rbacv1.PolicyRule[] => [...policy.rulesFor(user, namespace)].map(({ rule }) => rule);

/** Throws 403, listing what is given away and not held. */
function confirm(attributes: AdmissionAttributes, wanted: readonly rbacv1.PolicyRule[], dependencies: AdmissionDependencies): void {
  const { user, definition, name } = attributes;
  const missing = uncovered(heldBy(attributes, dependencies), wanted);
  if (missing.length === 0) return;
  const who = `user ${JSON.stringify(user.name)} (groups=${quoted(user.groups)})`;
  throw status.forbidden(subjectOf(definition), name, `${who} is attempting to grant RBAC permissions not currently held:\n${describeRules(missing)}`);
}
