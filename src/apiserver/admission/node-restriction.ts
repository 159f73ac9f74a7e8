/**
 * What node agents may write, beyond what the authorizer can see of a request: mirror Pods and statuses of their own Pods, their own
 * Node without taints and protected labels, tokens for Pods they run.
 * Upstream: plugin/pkg/admission/noderestriction/admission.go
 */
import { equalJson } from '../../apimachinery/equal-json.ts';
import * as status from '../../apimachinery/status-error.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { nodeOf } from '../authz/node.ts';
import { subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Labels of kubernetes.io and k8s.io that a node agent sets on its own Node. */
const ownLabels: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname', 'kubernetes.io/arch', 'kubernetes.io/os', 'beta.kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region', 'failure-domain.kubernetes.io/zone', 'failure-domain.kubernetes.io/region',
]);
const ownLabelNamespaces = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

type Check = (attributes: AdmissionAttributes, node: string, dependencies: AdmissionDependencies) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  '/pods': ({ operation, object, old }, node) => {
    if (operation === 'CREATE') return mirrorProblem(object as unknown as corev1.Pod, node);
    if (operation === 'DELETE') return (old as corev1.Pod | undefined)?.spec?.nodeName === node ? undefined : `node ${quote(node)} can only delete pods with spec.nodeName set to itself`;
    return `unexpected operation "${operation}"`;
  },
  '/pods/status': ({ object, old }, node) => {
    if ((old as corev1.Pod | undefined)?.spec?.nodeName !== node) return `node ${quote(node)} can only update pod status for pods with spec.nodeName set to itself`;
    return equalJson(object?.metadata.labels ?? {}, old?.metadata.labels ?? {}) ? undefined : `node ${quote(node)} cannot update labels through pod status`;
  },
  '/nodes': nodeProblem,
  '/nodes/status': nodeProblem,
  '/serviceaccounts/token': tokenProblem,
  'coordination.k8s.io/leases': ({ operation, namespace, name }, node) => {
    if (operation === 'DELETE') return undefined;
    if (namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace';
    return name === node ? undefined : 'can only access node lease with the same name as the requesting node';
  },
  'storage.k8s.io/csinodes': ({ name }, node) => (name === node ? undefined : 'can only access CSINode with the same name as the requesting node'),
};

export function nodeRestriction(dependencies: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ user }) => nodeOf(user) !== undefined,
    validate(attributes) {
      const { definition, subresource, name, user } = attributes;
      const node = nodeOf(user) ?? '';
      const refuse = (why: string): never => {
        throw status.forbidden(subjectOf(definition), name, why);
      };
      if (node === '') return refuse(`could not determine node from user ${JSON.stringify(user.name)}`);
      const problem = checks[`${definition.group}/${definition.plural}${subresource === '' ? '' : `/${subresource}`}`]?.(attributes, node, dependencies);
      if (problem !== undefined) refuse(problem);
    },
  };
}

const quote = (text: string): string => JSON.stringify(text);

function mirrorProblem(pod: corev1.Pod, node: string): string | undefined {
  const { spec, metadata } = pod;
  if (metadata.annotations?.[mirrorAnnotation] === undefined) return `pod does not have ${quote(mirrorAnnotation)} annotation, node ${quote(node)} can only create mirror pods`;
  if (spec?.nodeName !== node) return `node ${quote(node)} can only create pods with spec.nodeName set to itself`;
  const owner = metadata.ownerReferences?.[0];
  if ((metadata.ownerReferences ?? []).length > 1 || (owner && (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node))) {
    return `node ${quote(node)} can only create pods with an owner reference set to itself`;
  }
  if (spec.serviceAccountName) return `node ${quote(node)} can not create pods that reference a service account`;
  for (const volume of spec.volumes ?? []) {
    if (volume.secret) return `node ${quote(node)} can not create pods that reference secrets`;
    if (volume.configMap) return `node ${quote(node)} can not create pods that reference configmaps`;
    if (volume.persistentVolumeClaim) return `node ${quote(node)} can not create pods that reference persistentvolumeclaims`;
    if (volume.projected) return `node ${quote(node)} can not create pods that reference projected volumes`;
  }
  return undefined;
}

function nodeProblem({ operation, object, old, name }: AdmissionAttributes, node: string): string | undefined {
  if (name !== node) return `node ${quote(node)} is not allowed to modify node ${quote(name)}`;
  if (operation === 'DELETE') return undefined;
  const before = old as unknown as corev1.Node | undefined;
  const now = object as unknown as corev1.Node;
  if (before && !equalJson(now.spec?.taints ?? [], before.spec?.taints ?? [])) return `node ${quote(node)} is not allowed to modify taints`;
  const changed = changedLabels(now.metadata.labels ?? {}, before?.metadata.labels ?? {}).filter(isProtected).sort();
  if (changed.length === 0) return undefined;
  return before ? `is not allowed to modify labels: ${changed.join(', ')}` : `node ${quote(node)} is not allowed to set the following labels: ${changed.join(', ')}`;
}

const changedLabels = (now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): string[] =>
  [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);

function isProtected(label: string): boolean {
  const [namespace = '', rest] = label.split('/');
  if (rest === undefined) return false;
  if (!/(^|\.)(kubernetes|k8s)\.io$/.test(namespace)) return false;
  return !ownLabels.has(label) && !ownLabelNamespaces.some((own) => namespace === own || namespace.endsWith(`.${own}`));
}

function tokenProblem({ options, namespace, name }: AdmissionAttributes, node: string, { objects, registry }: AdmissionDependencies): string | undefined {
  const bound = (options?.['spec'] as { boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string } } | undefined)?.boundObjectRef;
  if (!bound || bound.kind !== 'Pod' || bound.name === undefined) return 'node requested token not bound to a pod';
  if (!bound.uid) return 'node requested token with a pod binding without a uid';
  const found = registry.byResource('', 'v1', 'pods');
  const pod = found && (objects.find(found.definition, namespace, bound.name)?.object as unknown as corev1.Pod | undefined);
  if (!pod) throw status.notFound({ group: '', resource: 'pods' }, bound.name);
  if (pod.metadata.uid !== bound.uid) return `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  if (pod.spec?.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node';
  return (pod.spec.serviceAccountName ?? 'default') === name ? undefined : `node requested token for service account ${quote(name)} that its pod does not run as`;
}

