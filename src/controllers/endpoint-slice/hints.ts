/**
 * Where an endpoint's traffic should come from, as the Service's trafficDistribution asks.
 * Upstream: k8s.io/endpointslice/trafficdist/trafficdist.go
 */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';

/** The endpoint with its hints; those that are not ready get none. */
export function withHints(endpoint: discoveryv1.Endpoint, { spec }: corev1.Service): discoveryv1.Endpoint {
  const { zone, nodeName, conditions } = endpoint;
  const distribution = spec?.trafficDistribution;
  if (distribution === undefined || conditions?.ready === false) return endpoint;
  const byNode = distribution === 'PreferSameNode' && nodeName !== undefined;
  if (zone === undefined && !byNode) return endpoint;
  return { ...endpoint, hints: { ...(zone === undefined ? {} : { forZones: [{ name: zone }] }), ...(byNode ? { forNodes: [{ name: nodeName }] } : {}) } };
}
