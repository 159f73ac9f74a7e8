/**
 * The objects every cluster begins with. What exists is left as it is, but for RBAC: a default role that lost rules, or a default
 * binding that lost subjects, regains them at each start, unless it is annotated not to.
 * Upstream: k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy, pkg/registry/rbac/rest/storage_rbac.go
 */
import { draft, type AnyObject, type KubeObject } from '../../apimachinery/object.ts';
import type { ApiServerParts } from '../../apiserver/api-server.ts';
import type { WriteContext } from '../../apiserver/registry/object-writer.ts';
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { aggregatedRules } from '../../controllers/cluster-role-aggregation/cluster-role-aggregation.ts';
import { namespaces } from '../../resources/core/namespace.ts';
import type { DraftObject, Kind, ResourceDefinition, ResourceRegistry } from '../../resources/definition.ts';
import { bootstrapFlowSchemas, bootstrapPriorityLevels } from '../../resources/flowcontrol/bootstrap.ts';
import { flowSchemas } from '../../resources/flowcontrol/flow-schema.ts';
import { priorityLevelConfigurations } from '../../resources/flowcontrol/priority-level-configuration.ts';
import { autoUpdateAnnotation, bootstrapClusterRoleBindings, bootstrapClusterRoles, bootstrapRoleBindings, bootstrapRoles } from '../../resources/rbac/bootstrap-policy.ts';
import { clusterRoleBindings } from '../../resources/rbac/cluster-role-binding.ts';
import { clusterRoles } from '../../resources/rbac/cluster-role.ts';
import { roleBindings } from '../../resources/rbac/role-binding.ts';
import { roles } from '../../resources/rbac/role.ts';
import { priorityClasses, systemPriorityClasses } from '../../resources/scheduling/priority-class.ts';
import type { ClusterRole, PolicyRule, Subject } from '../../resources/types/rbac-v1.ts';
import { apiServerIdentity } from '../component-identities.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/**
 * Namespaces come first; the rest does not depend on each other. Written by the API server itself, without a request for each: there
 * are 160 of them, which every start would wait for.
 */
export async function ensureBootstrapObjects(registry: ResourceRegistry, parts: Pick<ApiServerParts, 'objects' | 'writer'>): Promise<void> {
  const first = new FirstObjects(registry, parts);
  await first.ensure(namespaces, systemNamespaces.map((name) => ({ metadata: { name } })));
  await Promise.all([
    first.ensure(priorityClasses, systemPriorityClasses),
    first.ensure(priorityLevelConfigurations, bootstrapPriorityLevels),
    first.ensure(flowSchemas, bootstrapFlowSchemas),
    first.ensure(clusterRoles, aggregated(bootstrapClusterRoles()), regained),
    first.ensure(roles, bootstrapRoles(), regained),
    first.ensure(clusterRoleBindings, bootstrapClusterRoleBindings(), regained),
    first.ensure(roleBindings, bootstrapRoleBindings(), regained),
  ]);
}

class FirstObjects {
  readonly #registry: ResourceRegistry;
  readonly #parts: Pick<ApiServerParts, 'objects' | 'writer'>;

  constructor(registry: ResourceRegistry, parts: Pick<ApiServerParts, 'objects' | 'writer'>) {
    this.#registry = registry;
    this.#parts = parts;
  }

  /** Creates what is missing. `mend` says what an object that exists becomes; undefined: it stays. */
  async ensure<T extends KubeObject>(kind: Kind<T>, wanted: readonly Omit<T, 'apiVersion' | 'kind'>[], mend?: (current: T, wanted: T) => T | undefined): Promise<void> {
    const served = this.#registry.byResource(kind.group, kind.version, kind.plural);
    if (!served) throw new Error(`${kind.plural} of ${kind.group} are not served`);
    const { definition } = served;
    const apiVersion = formatApiVersion(kind);
    const context: WriteContext = { user: apiServerIdentity, dryRun: false, warnings: [], subresource: '', ownership: { manager: 'kube-apiserver', apiVersion } };
    await Promise.all(wanted.map((object) => this.#ensureOne(definition, { ...object, apiVersion, kind: kind.kind } as unknown as T, mend, context)));
  }

  async #ensureOne<T extends KubeObject>(definition: ResourceDefinition, wanted: T, mend: ((current: T, wanted: T) => T | undefined) | undefined, context: WriteContext): Promise<void> {
    const { namespace = '', name = '' } = wanted.metadata;
    const { objects, writer } = this.#parts;
    const present = objects.find(definition, namespace, name);
    if (!present) await writer.create(definition, namespace, draft(wanted) as unknown as DraftObject, context);
    else if (mend?.(asKind<T>(present.object), wanted)) {
      await writer.update(definition, namespace, name, ({ object }) => draft(mend(asKind<T>(object), wanted) ?? object) as unknown as DraftObject, context);
    }
  }
}

const asKind = <T extends KubeObject>(object: AnyObject): T => object as unknown as T;

/** With the rules that their controller would give them: it finds nothing left to do. */
function aggregated(all: readonly ClusterRole[]): ClusterRole[] {
  const ruleCount = (roles: readonly ClusterRole[]): number => roles.reduce((sum, { rules = [] }) => sum + rules.length, 0);
  for (let roles = all; ; ) {
    const next = roles.map((role) => (role.aggregationRule ? { ...role, rules: aggregatedRules(role, roles) } : role));
    if (ruleCount(next) === ruleCount(roles)) return next;
    roles = next;
  }
}

interface Policy extends KubeObject {
  readonly rules?: readonly PolicyRule[] | undefined;
  readonly subjects?: readonly Subject[] | undefined;
  readonly aggregationRule?: unknown;
}

/** The role or binding with what it has lost; undefined when it lost nothing, or is not to be mended. */
function regained<T extends Policy>(current: T, wanted: T): T | undefined {
  if (current.metadata.annotations?.[autoUpdateAnnotation] === 'false') return undefined;
  const rules = wanted.aggregationRule === undefined ? missing(current.rules, wanted.rules) : [];
  const subjects = missing(current.subjects, wanted.subjects);
  if (rules.length === 0 && subjects.length === 0) return undefined;
  return {
    ...current,
    ...(rules.length > 0 ? { rules: [...(current.rules ?? []), ...rules] } : {}),
    ...(subjects.length > 0 ? { subjects: [...(current.subjects ?? []), ...subjects] } : {}),
  };
}

function missing<V>(have: readonly V[] | undefined, want: readonly V[] | undefined): V[] {
  const known = new Set((have ?? []).map((value) => JSON.stringify(value)));
  return (want ?? []).filter((value) => !known.has(JSON.stringify(value)));
}
