/**
 * What a Pod asks for as a whole: the sum over containers that run together, or what its init containers need, if that is more.
 * Sidecars (init containers that keep running) count with the containers, and with every init container after them.
 * Upstream: k8s.io/component-helpers/resource
 */
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { isSidecar } from '../pod-spec/containers.ts';
import type * as corev1 from '../types/core-v1.ts';
import type { ResourceList } from '../validation/resource-lists.ts';

type Part = 'requests' | 'limits';

/** Effective requests by resource name. */
export const podRequests = (spec: corev1.PodSpec | undefined): ResourceList => effective(spec, 'requests');
/** Effective limits by resource name. */
export const podLimits = (spec: corev1.PodSpec | undefined): ResourceList => effective(spec, 'limits');

function effective(spec: corev1.PodSpec | undefined, part: Part): ResourceList {
  let together: ResourceList = {};
  for (const container of spec?.containers ?? []) together = sum(together, container.resources?.[part]);
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of spec?.initContainers ?? []) {
    const own = container.resources?.[part];
    if (isSidecar(container)) {
      sidecars = sum(sidecars, own);
      together = sum(together, own);
      starting = most(starting, sidecars);
    } else starting = most(starting, sum(sidecars, own));
  }
  const containers = most(together, starting);
  // Requests and limits of the Pod itself replace those of its containers, for the resources they name.
  const whole = { ...containers, ...spec?.resources?.[part] };
  return spec?.overhead === undefined ? whole : withOverhead(whole, spec.overhead, part);
}

/** Overhead adds to every request, and to limits that are there. */
function withOverhead(resources: ResourceList, overhead: ResourceList, part: Part): ResourceList {
  const applied = part === 'requests' ? overhead : Object.fromEntries(Object.entries(overhead).filter(([name]) => resources[name] !== undefined && compareQuantities(resources[name], '0') !== 0));
  return sum(resources, applied);
}

/** Two lists added, name by name. */
export function sum(a: ResourceList, b: ResourceList | undefined): ResourceList {
  const out: Record<string, string> = { ...a };
  for (const [name, amount] of Object.entries(b ?? {})) {
    const other = out[name];
    out[name] = other === undefined ? amount : formatQuantity(addQuantities(parseQuantity(other), parseQuantity(amount)));
  }
  return out;
}

/** The larger of two lists, name by name. */
export function most(a: ResourceList, b: ResourceList): ResourceList {
  const out: Record<string, string> = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const other = out[name];
    if (other === undefined || compareQuantities(amount, other) > 0) out[name] = amount;
  }
  return out;
}
