/**
 * The objects every cluster begins with. What exists is left as it is, but for RBAC: a default role that lost rules, or a default
 * binding that lost subjects, regains them at each start, unless it is annotated not to.
 * Upstream: k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy, pkg/registry/rbac/rest/storage_rbac.go
 */
import { draft, type KubeObject } from '../../apimachinery/object.ts';
import { isAlreadyExists } from '../../apimachinery/status-error.ts';
import type { ApiClient, Writable } from '../../client/client.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import type { Kind } from '../../resources/definition.ts';
import { bootstrapFlowSchemas, bootstrapPriorityLevels } from '../../resources/flowcontrol/bootstrap.ts';
import { flowSchemas } from '../../resources/flowcontrol/flow-schema.ts';
import { priorityLevelConfigurations } from '../../resources/flowcontrol/priority-level-configuration.ts';
import { autoUpdateAnnotation, bootstrapClusterRoleBindings, bootstrapClusterRoles, bootstrapRoleBindings, bootstrapRoles } from '../../resources/rbac/bootstrap-policy.ts';
import { clusterRoleBindings } from '../../resources/rbac/cluster-role-binding.ts';
import { clusterRoles } from '../../resources/rbac/cluster-role.ts';
import { roleBindings } from '../../resources/rbac/role-binding.ts';
import { roles } from '../../resources/rbac/role.ts';
import { priorityClasses, systemPriorityClasses } from '../../resources/scheduling/priority-class.ts';
import type { PolicyRule, Subject } from '../../resources/types/rbac-v1.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Namespaces come first; the rest does not depend on each other. */
export async function ensureBootstrapObjects(client: ApiClient): Promise<void> {
  await Promise.all(systemNamespaces.map((name) => ensure(client, namespaces, { metadata: { name } })));
  await Promise.all([
    ...systemPriorityClasses.map((object) => ensure(client, priorityClasses, object)),
    ...bootstrapPriorityLevels.map((object) => ensure(client, priorityLevelConfigurations, object)),
    ...bootstrapFlowSchemas.map((object) => ensure(client, flowSchemas, object)),
    ...bootstrapClusterRoles().map((object) => reconcile(client, clusterRoles, object)),
    ...bootstrapRoles().map((object) => reconcile(client, roles, object)),
    ...bootstrapClusterRoleBindings().map((object) => reconcile(client, clusterRoleBindings, object)),
    ...bootstrapRoleBindings().map((object) => reconcile(client, roleBindings, object)),
  ]);
}

/** Creates an object unless one of its name exists; tells whether it did. */
export async function ensure<T extends KubeObject>(client: ApiClient, kind: Kind<T>, object: Writable<T>): Promise<boolean> {
  try {
    await client.of(kind).namespace(object.metadata.namespace).create(object);
    return true;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return false;
  }
}

interface Policy extends KubeObject {
  readonly rules?: readonly PolicyRule[] | undefined;
  readonly subjects?: readonly Subject[] | undefined;
  readonly aggregationRule?: unknown;
}

async function reconcile<T extends Policy>(client: ApiClient, kind: Kind<T>, wanted: T): Promise<void> {
  if (await ensure(client, kind, wanted)) return;
  const resource = client.of(kind).namespace(wanted.metadata.namespace);
  const current = await resource.get(wanted.metadata.name ?? '');
  if (current.metadata.annotations?.[autoUpdateAnnotation] === 'false') return;
  const rules = wanted.aggregationRule === undefined ? missing(current.rules, wanted.rules) : [];
  const subjects = missing(current.subjects, wanted.subjects);
  if (rules.length === 0 && subjects.length === 0) return;
  const next = draft(current) as { rules?: unknown[]; subjects?: unknown[] };
  if (rules.length > 0) next.rules = [...(next.rules ?? []), ...rules];
  if (subjects.length > 0) next.subjects = [...(next.subjects ?? []), ...subjects];
  await resource.update(next as unknown as T);
}

function missing<V>(have: readonly V[] | undefined, want: readonly V[] | undefined): V[] {
  const known = new Set((have ?? []).map((value) => JSON.stringify(value)));
  return (want ?? []).filter((value) => !known.has(JSON.stringify(value)));
}
