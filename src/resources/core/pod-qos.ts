/**
 * The quality-of-service class of a Pod: who is evicted first when a node runs short.
 * Upstream: pkg/apis/core/helper/qos
 */
import { compareQuantities } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { sum } from './pod-requests.ts';
import type { ResourceList } from '../validation/resource-lists.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Guaranteed: every container limits CPU and memory and requests just that. BestEffort: none asks for either. */
export function qosClassOf(spec: corev1.PodSpec | undefined): QosClass {
  const users = spec?.resources !== undefined && hasAny(spec.resources) ? [spec.resources] : [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ resources }) => resources ?? {});
  let requests: ResourceList = {};
  let limits: ResourceList = {};
  let allLimited = true;
  for (const resources of users) {
    requests = sum(requests, computed(resources.requests));
    const own = computed(resources.limits);
    limits = sum(limits, own);
    if (own['cpu'] === undefined || own['memory'] === undefined) allLimited = false;
  }
  const names = Object.keys(requests);
  if (names.length === 0 && Object.keys(limits).length === 0) return 'BestEffort';
  const equal = names.length === Object.keys(limits).length && names.every((name) => compareQuantities(requests[name] ?? '0', limits[name] ?? '0') === 0);
  return allLimited && equal ? 'Guaranteed' : 'Burstable';
}

const hasAny = (resources: corev1.ResourceRequirements): boolean => Object.keys(computed(resources.requests)).length + Object.keys(computed(resources.limits)).length > 0;

/** CPU and memory, where above zero. */
function computed(resources: ResourceList | undefined): ResourceList {
  return Object.fromEntries(Object.entries(resources ?? {}).filter(([name, amount]) => (name === 'cpu' || name === 'memory') && compareQuantities(amount, '0') > 0));
}
