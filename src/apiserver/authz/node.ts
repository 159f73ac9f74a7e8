/**
 * What node agents may do: read what the Pods bound to their node refer to, and nothing of anyone else's.
 * Users are system:node:<name> in the group system:nodes.
 * Upstream: plugin/pkg/auth/authorizer/node/node_authorizer.go
 */
import { parseFieldSelector } from '../../apimachinery/field-selector.ts';
import { bootstrapClusterRoles } from '../../resources/rbac/bootstrap-policy.ts';
import type { UserInfo } from '../request.ts';
import { noOpinion, type AccessRequest, type Authorizer, type Decision } from './authorizer.ts';
import type { NodeReferences } from './node-references.ts';
import { ruleAllows } from './rbac.ts';

const prefix = 'system:node:';
const group = 'system:nodes';

/** The node of a node agent's user; '' for one that names none; undefined for everyone else. */
export function nodeOf({ name, groups }: UserInfo): string | undefined {
  return name.startsWith(prefix) && groups.includes(group) ? name.slice(prefix.length) : undefined;
}

const reading = new Set(['get', 'list', 'watch']);
const changing = new Set(['patch', 'update']);
const allowed: Decision = { allowed: true, reason: '' };
const no = (reason: string): Decision => ({ allowed: false, reason });

type Rule = (access: AccessRequest, node: string, references: NodeReferences) => Decision;

const noRelation = (node: string, what: string): Decision => no(`no relationship found between node '${node}' and this object${what === '' ? '' : ` (${what})`}`);

const readNamed = (kind: 'secrets' | 'configmaps'): Rule => (access, node, references) => {
  if (!reading.has(access.verb)) return no(`cannot ${access.verb} ${kind}: can only read namespaced object of this type`);
  if (access.subresource !== '') return no('cannot read subresource');
  if (access.namespace === '' || access.name === '') return no('can only read namespaced object of this type');
  return references.isUsedOn(node, kind, access.namespace, access.name) ? allowed : noRelation(node, '');
};

const getOnly = (access: AccessRequest, related: () => boolean, node: string): Decision => {
  if (access.verb !== 'get') return no('can only get individual resources of this type');
  if (access.subresource !== '') return no('cannot get subresource');
  return access.name !== '' && related() ? allowed : noRelation(node, '');
};

/** By '<group>/<resource>': these are decided here alone; everything else by the rules of the role. */
const rules: Readonly<Record<string, Rule>> = {
  '/secrets': readNamed('secrets'),
  '/configmaps': readNamed('configmaps'),
  '/persistentvolumeclaims': (access, node, references) => {
    const related = (): boolean => references.isUsedOn(node, 'persistentvolumeclaims', access.namespace, access.name);
    if (access.subresource !== 'status') return getOnly(access, related, node);
    return changing.has(access.verb) || access.verb === 'get' ? (related() ? allowed : noRelation(node, '')) : no('can only update status of this type');
  },
  '/persistentvolumes': (access, node, references) => getOnly(access, () => references.isVolumeUsedOn(node, access.name), node),
  'storage.k8s.io/volumeattachments': (access, node, references) => getOnly(access, () => references.isAttachmentOf(node, access.name), node),
  'resource.k8s.io/resourceclaims': (access, node, references) => getOnly(access, () => references.isUsedOn(node, 'resourceclaims', access.namespace, access.name), node),
  '/serviceaccounts': (access, node, references) => {
    if (access.subresource === '') return access.verb === 'get' && references.isUsedOn(node, 'serviceaccounts', access.namespace, access.name) ? allowed : noRelation(node, '');
    if (access.subresource !== 'token' || access.verb !== 'create') return no('can only create tokens for service accounts');
    if (access.name === '' || access.namespace === '') return no('can only create tokens for individual service accounts');
    return references.isUsedOn(node, 'serviceaccounts', access.namespace, access.name) ? allowed : noRelation(node, '');
  },
  'coordination.k8s.io/leases': (access, node) => {
    if (!['get', 'create', 'update', 'patch', 'delete'].includes(access.verb)) return no('can only get, create, update, patch, or delete a node lease');
    if (access.namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace');
    return access.verb === 'create' || access.name === node ? allowed : no('can only access node lease with the same name as the requesting node');
  },
  'storage.k8s.io/csinodes': (access, node) => {
    if (!['get', 'create', 'update', 'patch', 'delete'].includes(access.verb)) return no('can only get, create, update, patch, or delete a CSINode');
    if (access.subresource !== '') return no('cannot authorize CSINode subresources');
    return access.verb === 'create' || access.name === node ? allowed : no('can only access CSINode with the same name as the requesting node');
  },
  '/nodes': (access, node) => {
    if (access.subresource === 'status') return changing.has(access.verb) && access.name === node ? allowed : no(`node '${node}' cannot ${access.verb} the status of node '${access.name}'`);
    if (access.subresource !== '') return no('cannot access this subresource of nodes');
    if (access.verb === 'create') return allowed;
    if (access.verb === 'list' || access.verb === 'watch') return selected(access, 'metadata.name') === node ? allowed : no(`node '${node}' cannot read all nodes, only its own Node object`);
    if (access.verb !== 'get' && !changing.has(access.verb)) return noOpinion;
    return access.name === node ? allowed : no(`node '${node}' cannot ${access.verb === 'get' ? 'read' : access.verb} '${access.name}', only its own Node object`);
  },
  '/pods': (access, node, references) => {
    const { verb, subresource } = access;
    if (subresource === 'status') return changing.has(verb) ? allowed : noOpinion;
    if (subresource === 'eviction') return verb === 'create' ? allowed : noOpinion;
    if (subresource !== '') return noOpinion;
    if (verb === 'list' || verb === 'watch') return selected(access, 'spec.nodeName') === node ? allowed : no('can only list/watch pods with spec.nodeName field selector');
    if (verb === 'get') return references.isPodOf(node, access.namespace, access.name) ? allowed : noRelation(node, '');
    return verb === 'create' || verb === 'delete' ? allowed : noOpinion;
  },
};

/** The value that the request's field selector demands of a field. */
function selected({ fieldSelector, name }: AccessRequest, field: string): string | undefined {
  if (field === 'metadata.name' && name !== '') return name;
  try {
    return parseFieldSelector(fieldSelector ?? '').terms.find((term) => term.field === field && term.operator === '=')?.value;
  } catch {
    return undefined;
  }
}

export function nodeAuthorizer(references: NodeReferences): Authorizer {
  const general = bootstrapClusterRoles().find(({ metadata }) => metadata.name === 'system:node')?.rules ?? [];
  return (access) => {
    const node = nodeOf(access.user);
    if (node === undefined) return noOpinion;
    if (node === '') return no(`unknown node for user ${JSON.stringify(access.user.name)}`);
    const rule = access.isResource ? rules[`${access.group}/${access.resource}`] : undefined;
    if (rule) return rule(access, node, references);
    return general.some((one) => ruleAllows(one, access)) ? allowed : noOpinion;
  };
}
