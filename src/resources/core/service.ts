/**
 * Services. Form and defaults here; rules in service-validation.ts, updates in service-update.ts, the row in service-columns.ts.
 * Addresses and node ports are given out by the API server, not here.
 * Upstream: pkg/apis/core/v1/defaults.go, pkg/registry/core/service/strategy.go
 */
import type { Draft } from '../../apimachinery/object.ts';
import type { ResourceDefinition } from '../definition.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import { proxy } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';
import { ipFamilyOf } from '../validation/ip.ts';
import { checkDns1035Label } from '../validation/names.ts';
import { serviceWarnings } from './service-warnings.ts';
import { serviceColumns } from './service-columns.ts';
import { isExternallyReachable } from './service-types.ts';
import { keepAllocated } from './service-update.ts';
import { validateLoadBalancerStatus, validateService, validateServiceUpdate } from './service-validation.ts';

/** Three hours. */
const affinityTimeoutSeconds = 10800;

function defaults(service: Draft<corev1.Service>): void {
  const spec = service.spec;
  if (spec === undefined) return;
  spec.type ||= 'ClusterIP';
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {};
    spec.sessionAffinityConfig.clientIP ??= {};
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= affinityTimeoutSeconds;
  }
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (isExternallyReachable(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName') {
    spec.internalTrafficPolicy ||= 'Cluster';
    defaultFamilies(spec);
  }
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** The cluster has one family, IPv4; an address that the user chose decides otherwise. */
function defaultFamilies(spec: Draft<corev1.ServiceSpec>): void {
  if (spec.clusterIP && spec.clusterIPs === undefined) spec.clusterIPs = [spec.clusterIP];
  else if (!spec.clusterIP && spec.clusterIPs?.[0] !== undefined) spec.clusterIP = spec.clusterIPs[0];
  const withoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  if (spec.ipFamilies === undefined) {
    const chosen = (spec.clusterIPs ?? []).flatMap((ip) => ipFamilyOf(ip) ?? []);
    spec.ipFamilies = chosen.length > 0 ? chosen : withoutSelector && spec.ipFamilyPolicy === undefined ? ['IPv4', 'IPv6'] : ['IPv4'];
  }
  spec.ipFamilyPolicy ??= withoutSelector || spec.ipFamilies.length > 1 ? 'RequireDualStack' : 'SingleStack';
}

const strategy: StrategyOf<corev1.Service> = {
  generation: 'none',
  defaults,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
  },
  prepareForUpdate: (service, old) => keepAllocated(service, old),
  validateName: checkDns1035Label,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  warnings: (service) => serviceWarnings(service),
  allowUnconditionalUpdate: true,
};

export const serviceDefinition = defineKind<corev1.Service>({
  group: '',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
  shortNames: ['svc'],
  categories: ['all'],
  status: { validateUpdate: validateLoadBalancerStatus },
  subresources: { proxy: proxy('ServiceProxyOptions') },
  strategy,
  columns: serviceColumns,
  selectableFields: { 'spec.clusterIP': (service) => service.spec?.clusterIP ?? '', 'spec.type': (service) => service.spec?.type ?? '' },
});

/** The same with the rule of releases up to 1.19: a Service that turns ClusterIP must give up its node ports itself. */
export const serviceDefinitionWithStrictNodePorts: ResourceDefinition = {
  ...serviceDefinition,
  strategy: { ...serviceDefinition.strategy, prepareForUpdate: (service, old) => keepAllocated(service as Draft<corev1.Service>, old as corev1.Service, { strictNodePorts: true }) },
};

export const services = typedKind<corev1.Service>(serviceDefinition);
