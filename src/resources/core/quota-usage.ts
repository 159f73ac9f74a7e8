/**
 * What objects count for in a ResourceQuota, and which objects a quota's scopes speak of: for the admission that enforces quotas and
 * the controller that shows them.
 * Upstream: pkg/quota/v1/evaluator/core
 */
import { parseQuantity, addQuantities, type Quantity } from '../../apimachinery/quantity.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import { isFinished } from './pod-readiness.ts';
import { podLimits, podRequests } from './pod-requests.ts';
import { qosClassOf } from './pod-qos.ts';

/** Amounts by the names a quota has for them. */
export type Usage = Readonly<Record<string, Quantity>>;

export interface CountedResource {
  readonly group: string;
  readonly plural: string;
}

const one = parseQuantity('1');
const zero = parseQuantity('0');
const classSuffix = '.storageclass.storage.k8s.io/';
/** Kinds that a quota counts under their plain plural, beside 'count/<plural>'. */
const plainCounts: ReadonlySet<string> = new Set(['services', 'persistentvolumeclaims', 'configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas']);

/** The resource whose objects a name in `hard` is about; for all but counts and storage that is Pods. */
export function resourceCountedBy(name: string): CountedResource {
  if (name.startsWith('count/')) {
    const [plural = '', ...group] = name.slice('count/'.length).split('.');
    return { plural, group: group.join('.') };
  }
  if (plainCounts.has(name)) return { group: '', plural: name };
  if (name.startsWith('services.')) return { group: '', plural: 'services' };
  if (name === 'requests.storage' || name.includes(classSuffix)) return { group: '', plural: 'persistentvolumeclaims' };
  return { group: '', plural: 'pods' };
}

/** What one object counts for. `now` in ms. */
export function usageOf({ group, plural }: CountedResource, object: KubeObject, now: number): Usage {
  const usage: Record<string, Quantity> = { [group === '' ? `count/${plural}` : `count/${plural}.${group}`]: one };
  if (group !== '') return usage;
  if (plainCounts.has(plural)) usage[plural] = one;
  if (plural === 'pods') Object.assign(usage, podUsage(object, now));
  if (plural === 'services') Object.assign(usage, serviceUsage(object));
  if (plural === 'persistentvolumeclaims') Object.assign(usage, claimUsage(object));
  return usage;
}

/** A finished Pod, and one that should long be gone, hold nothing. */
function podUsage(pod: corev1.Pod, now: number): Usage {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const overdue = deletionTimestamp !== undefined && deletionGracePeriodSeconds !== undefined && now > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
  if (isFinished(pod) || overdue) return {};
  const usage: Record<string, Quantity> = { pods: one };
  for (const [name, text] of Object.entries(podRequests(pod.spec))) {
    const amount = parseQuantity(text);
    usage[`requests.${name}`] = amount;
    if (isPlainName(name)) usage[name] = amount;
  }
  for (const [name, text] of Object.entries(podLimits(pod.spec))) if (isPlainName(name)) usage[`limits.${name}`] = parseQuantity(text);
  return usage;
}

const isPlainName = (name: string): boolean => ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');

function serviceUsage({ spec }: corev1.Service): Usage {
  const ports = spec?.ports ?? [];
  const given = spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort = 0 }) => nodePort !== 0) : ports;
  const usage: Record<string, Quantity> = {};
  if (spec?.type === 'NodePort' || spec?.type === 'LoadBalancer') usage['services.nodeports'] = parseQuantity(given.length);
  if (spec?.type === 'LoadBalancer') usage['services.loadbalancers'] = one;
  return usage;
}

function claimUsage({ spec, metadata, status }: corev1.PersistentVolumeClaim): Usage {
  const storageClass = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  const usage: Record<string, Quantity> = {};
  if (storageClass !== '') usage[`${storageClass}${classSuffix}persistentvolumeclaims`] = one;
  const storage = spec?.resources?.requests?.['storage'];
  if (storage === undefined) return usage;
  const asked = parseQuantity(storage);
  const allocated = parseQuantity(status?.allocatedResources?.['storage'] ?? '0');
  usage['requests.storage'] = allocated.nanos > asked.nanos ? allocated : asked;
  if (storageClass !== '') usage[`${storageClass}${classSuffix}requests.storage`] = usage['requests.storage'];
  return usage;
}

export function addUsage(into: Record<string, Quantity>, usage: Usage): void {
  for (const [name, amount] of Object.entries(usage)) into[name] = addQuantities(into[name] ?? zero, amount);
}

/** Whether a quota speaks of an object: all its scopes hold. A quota with scopes speaks of Pods, or by volume class, of claims. */
export function quotaCovers({ spec }: corev1.ResourceQuota, { group, plural }: CountedResource, object: KubeObject): boolean {
  const scopes = [...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: undefined })), ...(spec?.scopeSelector?.matchExpressions ?? [])];
  if (scopes.length === 0) return true;
  if (group !== '') return false;
  if (plural === 'pods') return scopes.every((scope) => podInScope(object, scope));
  return plural === 'persistentvolumeclaims' && scopes.every((scope) => scope.scopeName === 'VolumeAttributesClass' && matches(scope, (object as corev1.PersistentVolumeClaim).spec?.volumeAttributesClassName));
}

function podInScope(pod: corev1.Pod, scope: corev1.ScopedResourceSelectorRequirement): boolean {
  const terminating = (pod.spec?.activeDeadlineSeconds ?? -1) >= 0;
  switch (scope.scopeName) {
    case 'Terminating':
      return terminating;
    case 'NotTerminating':
      return !terminating;
    case 'BestEffort':
      return qosClassOf(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(pod.spec) !== 'BestEffort';
    case 'PriorityClass':
      return matches(scope, pod.spec?.priorityClassName);
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(pod.spec?.affinity);
    default:
      return false;
  }
}

function matches({ operator, values = [] }: corev1.ScopedResourceSelectorRequirement, value: string | undefined): boolean {
  const present = value !== undefined && value !== '';
  if (operator === 'In') return present && values.includes(value);
  if (operator === 'NotIn') return !present || !values.includes(value);
  return operator === 'DoesNotExist' ? !present : present;
}

function reachesOtherNamespaces(affinity: corev1.Affinity | undefined): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity]
    .flatMap((part) => [...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm)])
    .some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined);
}
