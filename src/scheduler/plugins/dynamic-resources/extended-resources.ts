/**
 * Extended resources that a DeviceClass stands for: where a node does not offer them itself, devices of the class are allocated for them,
 * by a claim that the scheduler makes for the Pod.
 * Upstream: pkg/scheduler/framework/plugins/dynamicresources/extendeddynamicresources.go
 */
import { quantityValue } from '../../../apimachinery/quantity.ts';
import { controllerOf } from '../../../apimachinery/object.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';

const annotation = 'resource.kubernetes.io/extended-resource-claim';
/** Every class stands for this and its name. */
const implicitPrefix = 'deviceclass.resource.kubernetes.io/';

/** Classes by the resources that they stand for; of two with one name the younger counts. */
export function classesByResource(classes: readonly resourcev1.DeviceClass[]): ReadonlyMap<string, resourcev1.DeviceClass> {
  const ageOf = ({ metadata: { creationTimestamp, name = '' } }: resourcev1.DeviceClass): string => `${creationTimestamp ?? ''} ${name}`;
  const oldestFirst = classes.toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1));
  return new Map(oldestFirst.flatMap((one) => [`${implicitPrefix}${one.metadata.name ?? ''}`, one.spec.extendedResourceName ?? ''].filter((name) => name !== '').map((name) => [name, one] as const)));
}

export const isExtendedClaimOf = (claim: resourcev1.ResourceClaim, podUid: string): boolean => claim.metadata.annotations?.[annotation] === 'true' && controllerOf(claim)?.uid === podUid;

/** The Pod's claim on devices of these classes, by resource; not written yet. */
export function extendedClaim(pod: corev1.Pod, requests: readonly resourcev1.DeviceRequest[]): resourcev1.ResourceClaim {
  const { namespace, name = '', uid = '' } = pod.metadata;
  return {
    metadata: { namespace, generateName: `${name}-extended-resources-`, annotations: { [annotation]: 'true' }, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true, blockOwnerDeletion: true }] },
    spec: { devices: { requests } },
  };
}

export interface ExtendedRequests {
  readonly requests: readonly resourcev1.DeviceRequest[];
  /** Which container has which of them, for which resource. */
  readonly mappings: readonly corev1.ContainerExtendedResourceRequest[];
}

interface Asking {
  readonly container: corev1.Container;
  /** Among all containers, those that come first included. */
  readonly index: number;
  /** Ends before the others begin. */
  readonly isShort: boolean;
}

/** What the containers ask for of these resources. What ends before others begin shares their devices. */
export function extendedRequests({ spec }: corev1.Pod, resources: ReadonlyMap<string, resourcev1.DeviceClass>): ExtendedRequests {
  const first = spec?.initContainers ?? [];
  const containers = [...first, ...(spec?.containers ?? [])].map((container, index): Asking => ({ container, index, isShort: index < first.length && container.restartPolicy !== 'Always' }));
  const parts = [...resources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([resource, deviceClass]) => requestsFor(resource, deviceClass.metadata.name ?? '', containers));
  return { requests: parts.flatMap(({ requests }) => requests).sort((a, b) => (a.name < b.name ? -1 : 1)), mappings: parts.flatMap(({ mappings }) => mappings) };
}

function requestsFor(resource: string, deviceClassName: string, containers: readonly Asking[]): ExtendedRequests {
  const wants = ({ container }: Asking): number => quantityValue(container.resources?.requests?.[resource] ?? 0);
  const nameFor = ({ container, index }: Asking): string => `container-${index}-request-${Object.keys(container.resources?.requests ?? {}).sort().indexOf(resource)}`;
  const map = ({ container }: Asking, requestName: string): corev1.ContainerExtendedResourceRequest => ({ containerName: container.name, resourceName: resource, requestName });
  const long = containers.filter((one) => !one.isShort && wants(one) > 0).map((one) => ({ one, name: nameFor(one), count: wants(one) }));
  const mappings = long.map(({ one, name }) => map(one, name));
  /** The most that a short-lived one lacks serves all of them. */
  let extra: { readonly name: string; readonly count: number } | undefined;
  const lacking: Asking[] = [];
  for (const one of containers.filter((other) => other.isShort && wants(other) > 0)) {
    let missing = wants(one);
    for (const later of long.filter((other) => other.one.index > one.index)) {
      if (missing <= 0) break;
      missing -= later.count;
      mappings.push(map(one, later.name));
    }
    if (missing <= 0) continue;
    lacking.push(one);
    if (extra === undefined || missing > extra.count) extra = { name: nameFor(one), count: missing };
  }
  const shared = extra;
  const all = [...(shared ? [shared] : []), ...long];
  const requests = all.map(({ name, count }): resourcev1.DeviceRequest => ({ name, exactly: { deviceClassName, allocationMode: 'ExactCount', count } }));
  return { requests, mappings: [...mappings, ...(shared ? lacking.map((one) => map(one, shared.name)) : [])] };
}
