/**
 * The roles and bindings that every cluster starts with: those of v1.20 as data (bootstrap-policy.json), what later releases
 * added (bootstrap-additions.ts), and the roles of controllers (controller-roles.ts). The API server writes them when absent, and puts back rules that are missing from them.
 * Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy
 */
import type * as rbacv1 from '../types/rbac-v1.ts';
import { addedRules } from './bootstrap-additions.ts';
import { controllerRoles } from './controller-roles.ts';
import data from './bootstrap-policy.json' with { type: 'json' };

const apiVersion = 'rbac.authorization.k8s.io/v1';
/** Rules and subjects that are missing are put back at each start, unless this annotation is 'false'. */
export const autoUpdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate';
export const bootstrapLabel = { 'kubernetes.io/bootstrapping': 'rbac-defaults' } as const;

interface Entry {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
interface RoleEntry extends Entry {
  readonly rules?: readonly rbacv1.PolicyRule[] | null;
  readonly aggregationRule?: rbacv1.AggregationRule;
}
interface BindingEntry extends Entry {
  readonly roleRef: rbacv1.RoleRef;
  readonly subjects?: readonly rbacv1.Subject[] | null;
}

const known = data as unknown as {
  readonly clusterRoles: readonly RoleEntry[];
  readonly clusterRoleBindings: readonly BindingEntry[];
  readonly roles: readonly RoleEntry[];
  readonly roleBindings: readonly BindingEntry[];
};

const metadata = ({ name, namespace, labels }: Entry) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  annotations: { [autoUpdateAnnotation]: 'true' },
  labels: { ...bootstrapLabel, ...labels },
});

export function bootstrapClusterRoles(): rbacv1.ClusterRole[] {
  const controllers = controllerRoles.map(({ name, rules }): RoleEntry => ({ name: `system:controller:${name}`, rules }));
  return [...known.clusterRoles, ...controllers].map((entry) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadata(entry),
    ...(entry.aggregationRule === undefined ? {} : { aggregationRule: entry.aggregationRule }),
    rules: [...(entry.rules ?? []), ...(addedRules[entry.name] ?? [])],
  }));
}

export function bootstrapClusterRoleBindings(): rbacv1.ClusterRoleBinding[] {
  const controllers = controllerRoles.map(({ name }): BindingEntry => ({
    name: `system:controller:${name}`,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `system:controller:${name}` },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'kube-system' }],
  }));
  return [...known.clusterRoleBindings, ...controllers].map((entry) => ({ apiVersion, kind: 'ClusterRoleBinding', metadata: metadata(entry), roleRef: entry.roleRef, ...(entry.subjects ? { subjects: entry.subjects } : {}) }));
}

export function bootstrapRoles(): rbacv1.Role[] {
  return known.roles.map((entry) => ({ apiVersion, kind: 'Role', metadata: metadata(entry), rules: entry.rules ?? [] }));
}

export function bootstrapRoleBindings(): rbacv1.RoleBinding[] {
  return known.roleBindings.map((entry) => ({ apiVersion, kind: 'RoleBinding', metadata: metadata(entry), roleRef: entry.roleRef, ...(entry.subjects ? { subjects: entry.subjects } : {}) }));
}
