/** What a Service's type means: which parts of its spec it has. Several rooms ask. */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';

type Spec = corev1.ServiceSpec | Draft<corev1.ServiceSpec>;

export const isHeadless = (spec: Spec | undefined): boolean => spec?.clusterIP === 'None';
export const needsClusterIp = (spec: Spec): boolean => spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer';
export const needsNodePorts = (spec: Spec): boolean => spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
export const needsHealthCheckNodePort = (spec: Spec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** Whether traffic from outside the cluster may arrive. */
export function isExternallyReachable(spec: Spec): boolean {
  return spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
}

/** An address that traffic can go to: not '', not 'None'. */
export const clusterIpsOf = (service: corev1.Service): string[] =>
  (service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? '']).filter((ip) => ip !== '' && ip !== 'None');
