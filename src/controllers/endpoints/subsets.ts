/**
 * The subsets of an Endpoints object: addresses that offer the same ports stand together, ready ones apart from the others.
 * Upstream: pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints/util.go
 */
import { resolvePort } from '../../resources/core/pod-ports.ts';
import { isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { hostnameOf } from '../runtime/service-pods.ts';

/** More addresses are left out. */
export const mostAddresses = 1000;

interface Subset {
  readonly ready: corev1.EndpointAddress[];
  readonly notReady: corev1.EndpointAddress[];
  readonly ports: corev1.EndpointPort[];
}

/** `pods`: those of podsOf. `truncated`: there were more than an Endpoints object may hold. */
export function subsetsOf(service: corev1.Service, pods: readonly corev1.Pod[]): { readonly subsets: corev1.EndpointSubset[]; readonly truncated: boolean } {
  const publishAll = service.spec?.publishNotReadyAddresses === true;
  const shown = pods.filter((pod) => publishAll || !isTerminating(pod));
  const ready = shown.filter((pod) => publishAll || isReady(pod)).slice(0, mostAddresses);
  const notReady = shown.filter((pod) => !publishAll && !isReady(pod)).slice(0, mostAddresses - ready.length);
  const subsets = new Map<string, Subset>();
  const put = (pod: corev1.Pod, list: 'ready' | 'notReady'): void => {
    const ports = portsOf(service, pod);
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) return;
    const key = JSON.stringify(ports);
    const subset = subsets.get(key) ?? { ready: [], notReady: [], ports };
    subsets.set(key, subset);
    subset[list].push(addressOf(service, pod));
  };
  for (const pod of ready) put(pod, 'ready');
  for (const pod of notReady) put(pod, 'notReady');
  return { subsets: [...subsets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => written(subset)), truncated: shown.length > mostAddresses };
}

function portsOf(service: corev1.Service, pod: corev1.Pod): corev1.EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap(({ name, port: own, targetPort = own, protocol = 'TCP', appProtocol }) => {
    const port = resolvePort(targetPort, pod.spec, protocol);
    return port === undefined ? [] : [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function addressOf(service: corev1.Service, pod: corev1.Pod): corev1.EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  const nodeName = pod.spec?.nodeName;
  const hostname = hostnameOf(pod, service);
  return { ip: pod.status?.podIP ?? '', ...(hostname ? { hostname } : {}), ...(nodeName ? { nodeName } : {}), targetRef: { kind: 'Pod', namespace, name, uid } };
}

/** As texts: 10.0.0.10 comes before 10.0.0.9. */
function byIp(a: corev1.EndpointAddress, b: corev1.EndpointAddress): number {
  const [one, other] = a.ip === b.ip ? [a.targetRef?.uid ?? '', b.targetRef?.uid ?? ''] : [a.ip, b.ip];
  return one < other ? -1 : one > other ? 1 : 0;
}

function written({ ready, notReady, ports }: Subset): corev1.EndpointSubset {
  return {
    ...(ready.length > 0 ? { addresses: ready.sort(byIp) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byIp) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
}
