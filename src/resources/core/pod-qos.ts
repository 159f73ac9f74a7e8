/**
 * The quality-of-service class of a Pod: who is evicted first when a node runs short.
 * Upstream: pkg/apis/core/helper/qos
 */
import { parseQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import type { ResourceList } from '../validation/resource-lists.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** What the class goes by. */
const counted = ['cpu', 'memory'] as const;

/** Guaranteed: every container limits CPU and memory and requests just that. BestEffort: none asks for either. */
export function qosClassOf(spec: corev1.PodSpec | undefined): QosClass {
  const users = usersOf(spec);
  let isAny = false;
  let isGuaranteed = true;
  for (const name of counted) {
    let requested = 0n;
    let limited = 0n;
    for (const resources of users) {
      const limit = amountOf(resources?.limits, name);
      requested += amountOf(resources?.requests, name);
      limited += limit;
      if (limit === 0n) isGuaranteed = false;
    }
    if (requested !== limited) isGuaranteed = false;
    if (requested > 0n || limited > 0n) isAny = true;
  }
  if (!isAny) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** The Pod itself where it has resources of its own, else its containers. */
function usersOf(spec: corev1.PodSpec | undefined): readonly (corev1.ResourceRequirements | undefined)[] {
  const own = spec?.resources;
  if (own !== undefined && counted.some((name) => amountOf(own.requests, name) + amountOf(own.limits, name) > 0n)) return [own];
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ resources }) => resources);
}

/** In nanounits, none below zero. */
function amountOf(list: ResourceList | undefined, name: string): bigint {
  const amount = list?.[name];
  if (amount === undefined) return 0n;
  const { nanos } = parseQuantity(amount);
  return nanos > 0n ? nanos : 0n;
}
