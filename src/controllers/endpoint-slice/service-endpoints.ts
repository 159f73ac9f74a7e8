/**
 * The endpoints of a Service by address family and ports, as EndpointSlices hold them.
 * Upstream: k8s.io/endpointslice/utils.go
 */
import { resolvePort } from '../../resources/core/pod-ports.ts';
import { isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { ipFamilyOf } from '../../resources/validation/ip.ts';
import { hostnameOf } from '../runtime/service-pods.ts';
import type { EndpointGroup } from '../runtime/slices.ts';
import { withHints } from './hints.ts';

/** One group at least for each family, empty where nothing is behind the Service: its slice says so. */
export function endpointGroups(service: corev1.Service, pods: readonly corev1.Pod[], zoneOf: (node: string) => string | undefined): EndpointGroup[] {
  return familiesOf(service).flatMap((family) => {
    const groups = new Map<string, { addressType: string; ports: discoveryv1.EndpointPort[]; endpoints: discoveryv1.Endpoint[] }>();
    for (const pod of pods) {
      const address = (pod.status?.podIPs ?? [{ ip: pod.status?.podIP ?? '' }]).find(({ ip }) => ipFamilyOf(ip) === family)?.ip;
      if (address === undefined) continue;
      const ports = portsOf(service, pod);
      const key = JSON.stringify(ports);
      const group = groups.get(key) ?? { addressType: family, ports, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpointOf(service, pod, address, zoneOf));
    }
    return groups.size > 0 ? [...groups.values()] : [{ addressType: family, ports: [], endpoints: [] }];
  });
}

const familiesOf = ({ spec }: corev1.Service): readonly string[] => (spec?.ipFamilies && spec.ipFamilies.length > 0 ? spec.ipFamilies : ['IPv4']);

function portsOf(service: corev1.Service, pod: corev1.Pod): discoveryv1.EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap(({ name = '', port: own, targetPort = own, protocol = 'TCP', appProtocol }) => {
    const port = resolvePort(targetPort, pod.spec, protocol);
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function endpointOf(service: corev1.Service, pod: corev1.Pod, address: string, zoneOf: (node: string) => string | undefined): discoveryv1.Endpoint {
  const { name, namespace, uid } = pod.metadata;
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName ? zoneOf(nodeName) : undefined;
  const hostname = hostnameOf(pod, service);
  const endpoint: discoveryv1.Endpoint = {
    addresses: [address],
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
  };
  return withHints(endpoint, service);
}
