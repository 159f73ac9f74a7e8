/**
 * Validation of Services.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateService, ValidateServiceUpdate)
 */
import { duplicate, FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { protocols } from '../pod-spec/ports.ts';
import { validatePort as validateTargetPort } from '../pod-spec/probes.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable, invalidFor, oneOf, supportedOnly } from '../validation/fields.ts';
import { checkCidr, checkIp, ipFamilyOf } from '../validation/ip.ts';
import { validateLabels } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain, checkPortNumber, checkQualifiedName } from '../validation/names.ts';
import { validateReachable } from '../validation/endpoint-ip.ts';
import { isExternallyReachable, isHeadless, needsClusterIp, needsHealthCheckNodePort } from './service-types.ts';

const spec = FieldPath.of('spec');
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const oneDay = 86400;
const kubeletPort = 10250;
const onlyForLoadBalancers = "may only be used when `type` is 'LoadBalancer'";
const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Two names of one annotation. */
const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyHints = 'service.kubernetes.io/topology-aware-hints';

function validateTopology({ metadata: { annotations } }: corev1.Service): FieldError[] {
  const [mode, hints] = [annotations?.[topologyMode], annotations?.[topologyHints]];
  if (mode === undefined || hints === undefined || mode === hints) return [];
  return [invalid(FieldPath.of('metadata', 'annotations').key(topologyMode), mode, `must match annotations[${topologyHints}] when both are specified`)];
}

export function validateService(service: corev1.Service): FieldError[] {
  const given: corev1.ServiceSpec = service.spec ?? {};
  const ports = given.ports ?? [];
  const path = spec.child('ports');
  const names = new Set<string>();
  const errors = validateTopology(service);
  if (ports.length === 0 && !isHeadless(given) && given.type !== 'ExternalName') errors.push(required(path));
  errors.push(...validateType(given));
  ports.forEach((port, i) => errors.push(...validatePort(port, { named: ports.length > 1, names }, path.index(i))));
  errors.push(
    ...validateLabels(given.selector, spec.child('selector')),
    ...oneOf(spec.child('sessionAffinity'), given.sessionAffinity, ['ClientIP', 'None']),
    ...validateAffinity(given),
    ...(given.type === 'ExternalName' ? [] : validateClusterIps(given)),
    ...validateExternalIps(given.externalIPs ?? []),
    ...oneOf(spec.child('type'), given.type, types),
    ...validateNodePorts(given, path),
    ...validateUniquePorts(ports, path),
    ...validateLoadBalancer(service, given),
    ...validatePolicies(given),
  );
  return errors;
}

function validateType(given: corev1.ServiceSpec): FieldError[] {
  const errors = given.type === 'LoadBalancer' ? validateExposed(given.ports ?? []) : [];
  if ((given.type === 'LoadBalancer' || given.type === 'NodePort') && isHeadless(given)) errors.push(invalid(spec.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${given.type} services`));
  if (given.type !== 'ExternalName') return errors;
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) if ((given[field] ?? []).length > 0) errors.push(forbidden(spec.child(field), 'may not be set for ExternalName services'));
  const name = (given.externalName ?? '').replace(/\.$/, '');
  errors.push(...(name === '' ? [required(spec.child('externalName'))] : invalidFor(spec.child('externalName'), name, checkDnsSubdomain(name))));
  return errors;
}

/** Firewalls of some clouds open a port of a load balancer on every node. */
function validateExposed(ports: readonly corev1.ServicePort[]): FieldError[] {
  return ports.flatMap(({ port }, i) => (port === kubeletPort ? [invalid(spec.child('ports').index(i), port, `may not expose port ${kubeletPort} externally since it is used by kubelet`)] : []));
}

interface PortContext {
  /** Whether ports need names: there are several. */
  readonly named: boolean;
  readonly names: Set<string>;
}

function validatePort(port: corev1.ServicePort, { named, names }: PortContext, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const name = port.name ?? '';
  if (named && name === '') errors.push(required(path.child('name')));
  else if (name !== '') {
    errors.push(...invalidFor(path.child('name'), name, checkDnsLabel(name)));
    if (names.has(name)) errors.push(duplicate(path.child('name'), name));
    names.add(name);
  }
  errors.push(
    ...invalidFor(path.child('port'), port.port ?? 0, checkPortNumber(port.port ?? 0)),
    ...oneOf(path.child('protocol'), port.protocol, protocols),
    ...validateTargetPort(port.targetPort, path.child('targetPort')),
  );
  if (port.appProtocol !== undefined) errors.push(...invalidFor(path.child('appProtocol'), port.appProtocol, checkQualifiedName(port.appProtocol)));
  return errors;
}

function validateNodePorts({ type, ports = [] }: corev1.ServiceSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (type === 'ClusterIP') ports.forEach(({ nodePort }, i) => errors.push(...(nodePort ? [forbidden(path.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'")] : [])));
  const seen = new Set<string>();
  ports.forEach(({ nodePort, protocol }, i) => {
    if (!nodePort) return;
    const key = `${protocol ?? ''}/${nodePort}`;
    if (seen.has(key)) errors.push(duplicate(path.index(i).child('nodePort'), nodePort));
    seen.add(key);
  });
  return errors;
}

function validateUniquePorts(ports: readonly corev1.ServicePort[], path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol, port }, i) => {
    const key = `${protocol ?? ''}/${port}`;
    if (seen.has(key)) return [duplicate(path.index(i), { protocol, port })];
    seen.add(key);
    return [];
  });
}

function validateAffinity(given: corev1.ServiceSpec): FieldError[] {
  const path = spec.child('sessionAffinityConfig');
  const config = given.sessionAffinityConfig;
  if (given.sessionAffinity === 'None') return config === undefined ? [] : [forbidden(path, 'must not be set when session affinity is None')];
  if (given.sessionAffinity !== 'ClientIP') return [];
  const seconds = config?.clientIP?.timeoutSeconds;
  const at = path.child('clientIP', 'timeoutSeconds');
  if (seconds === undefined) return [required(at, 'when session affinity type is ClientIP')];
  return seconds > 0 && seconds <= oneDay ? [] : [invalid(at, seconds, `must be greater than 0 and less than ${oneDay}`)];
}

function validateExternalIps(ips: readonly string[]): FieldError[] {
  return ips.flatMap((ip, i) => {
    const at = spec.child('externalIPs').index(i);
    const wrong = invalidFor(at, ip, checkIp(ip));
    return wrong.length > 0 ? wrong : validateReachable(ip, at);
  });
}

/** clusterIP and clusterIPs tell the same, and so do addresses and families. */
function validateClusterIps(given: corev1.ServiceSpec): FieldError[] {
  const path = spec.child('clusterIPs');
  const ips = given.clusterIPs ?? [];
  const errors: FieldError[] = [];
  if (given.clusterIP) {
    if (ips.length === 0) errors.push(required(path));
    else if (ips[0] !== given.clusterIP) errors.push(invalid(path, ips, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) errors.push(invalid(path, ips, 'must be empty when `clusterIP` is not specified'));
  const families = given.ipFamilies ?? [];
  families.forEach((family, i) => {
    errors.push(...supportedOnly(spec.child('ipFamilies').index(i), family, ['IPv4', 'IPv6']));
    if (families.indexOf(family) < i) errors.push(duplicate(spec.child('ipFamilies').index(i), family));
  });
  errors.push(...supportedOnly(spec.child('ipFamilyPolicy'), given.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']));
  const wrong = ips.flatMap((ip, i) => {
    if (i === 0 && ip === 'None') return ips.length > 1 ? [invalid(path, ips, "'None' must be the first and only value")] : [];
    return invalidFor(path.index(i), ip, checkIp(ip));
  });
  errors.push(...wrong);
  if (ips.length > 2) errors.push(invalid(path, ips, 'may only hold up to 2 values'));
  return wrong.length > 0 ? errors : [...errors, ...validateFamiliesOfIps(ips, families, path)];
}

function validateFamiliesOfIps(ips: readonly string[], families: readonly string[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (ips.length > 1 && new Set(ips.map(ipFamilyOf)).size < 2) errors.push(invalid(path, ips, 'may specify no more than one IP for each IP family'));
  if (ips[0] === 'None') return errors;
  ips.forEach((ip, i) => {
    const family = families[i];
    if ((family === 'IPv4' || family === 'IPv6') && ipFamilyOf(ip) !== family) errors.push(invalid(path.index(i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
  });
  return errors;
}

function validatePolicies(given: corev1.ServiceSpec): FieldError[] {
  const external = spec.child('externalTrafficPolicy');
  const internal = spec.child('internalTrafficPolicy');
  const healthPort = given.healthCheckNodePort;
  const at = spec.child('healthCheckNodePort');
  const errors: FieldError[] = [];
  if (isExternallyReachable(given)) errors.push(...oneOf(external, given.externalTrafficPolicy, ['Cluster', 'Local']));
  else if (given.externalTrafficPolicy) errors.push(invalid(external, given.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  // Absent until the API server has given one out.
  if (healthPort && !needsHealthCheckNodePort(given)) errors.push(invalid(at, healthPort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  else if (healthPort) errors.push(...invalidFor(at, healthPort, checkPortNumber(healthPort)));
  if (given.internalTrafficPolicy === undefined && needsClusterIp(given)) errors.push(required(internal));
  return [...errors, ...supportedOnly(internal, given.internalTrafficPolicy, ['Cluster', 'Local']), ...supportedOnly(spec.child('trafficDistribution'), given.trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode'])];
}

function validateLoadBalancer({ metadata }: corev1.Service, given: corev1.ServiceSpec): FieldError[] {
  const isLoadBalancer = given.type === 'LoadBalancer';
  // Upstream's path begins with a capital here.
  const ranges = spec.child('LoadBalancerSourceRanges');
  const annotated = metadata.annotations?.[sourceRangesAnnotation];
  const errors: FieldError[] = [];
  if ((given.loadBalancerSourceRanges ?? []).length > 0) {
    if (!isLoadBalancer) errors.push(forbidden(ranges, onlyForLoadBalancers));
    given.loadBalancerSourceRanges?.forEach((cidr, i) => errors.push(...invalidFor(ranges.index(i), cidr.trim(), checkCidr(cidr.trim()))));
  } else if (annotated !== undefined) {
    const at = FieldPath.of('metadata', 'annotations').key(sourceRangesAnnotation);
    if (!isLoadBalancer) errors.push(forbidden(at, onlyForLoadBalancers));
    for (const cidr of annotated.trim() === '' ? [] : annotated.split(',')) errors.push(...invalidFor(at, cidr.trim(), checkCidr(cidr.trim())));
  }
  if (given.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer) errors.push(forbidden(spec.child('allocateLoadBalancerNodePorts'), onlyForLoadBalancers));
  if (given.loadBalancerClass === undefined) return errors;
  const at = spec.child('loadBalancerClass');
  return [...errors, ...(isLoadBalancer ? invalidFor(at, given.loadBalancerClass, checkQualifiedName(given.loadBalancerClass)) : [forbidden(at, onlyForLoadBalancers)])];
}

export function validateServiceUpdate(service: corev1.Service, old: corev1.Service): FieldError[] {
  const now = service.spec ?? {};
  const before = old.spec ?? {};
  const healthPort = needsHealthCheckNodePort(now) && needsHealthCheckNodePort(before) && now.healthCheckNodePort !== before.healthCheckNodePort;
  return [
    ...validateAddressChange(now, before),
    ...validateFamilyChange(now, before),
    ...validateClassChange(now, before),
    ...(healthPort ? [forbidden(spec.child('healthCheckNodePort'), 'field is immutable')] : []),
    ...validateService(service),
  ];
}

const mayNotChange = 'may not change once set';
const withoutAddresses = (given: corev1.ServiceSpec): boolean => given.type === 'ExternalName';

/** A Service keeps its first address for as long as its type has addresses; the second may come and go. */
function validateAddressChange(now: corev1.ServiceSpec, before: corev1.ServiceSpec): FieldError[] {
  if (withoutAddresses(now) || withoutAddresses(before) || (isHeadless(now) && isHeadless(before))) return [];
  const path = spec.child('clusterIPs');
  const ips = now.clusterIPs ?? [];
  const old = before.clusterIPs ?? [];
  if (ips.length === old.length) return old.flatMap((ip, i) => (ip === ips[i] ? [] : [invalid(path.index(i), ips, mayNotChange)]));
  if (old.length === 0) return [];
  if (ips.length === 0) return [invalid(path.index(0), ips, 'primary clusterIP can not be unset')];
  const errors = ips[0] === old[0] ? [] : [invalid(path.index(0), ips, mayNotChange)];
  const released = ips.length === 1 && now.ipFamilyPolicy !== 'SingleStack';
  return released ? [...errors, invalid(spec.child('ipFamilyPolicy'), now.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP")] : errors;
}

function validateFamilyChange(now: corev1.ServiceSpec, before: corev1.ServiceSpec): FieldError[] {
  if (withoutAddresses(now) || withoutAddresses(before) || isHeadless(now) || isHeadless(before)) return [];
  const path = spec.child('ipFamilies').index(0);
  const families = now.ipFamilies ?? [];
  const old = before.ipFamilies ?? [];
  if (families.length === old.length) return old.flatMap((family, i) => (family === families[i] ? [] : [invalid(path, families, mayNotChange)]));
  const errors = families.length > 0 && old.length > 0 && families[0] !== old[0] ? [invalid(path, families, mayNotChange)] : [];
  const released = old.length > 1 && families.length === 1 && now.ipFamilyPolicy !== 'SingleStack';
  return released ? [...errors, invalid(spec.child('ipFamilyPolicy'), now.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary ipFamily")] : errors;
}

function validateClassChange(now: corev1.ServiceSpec, before: corev1.ServiceSpec): FieldError[] {
  if (now.type !== 'LoadBalancer' || before.type !== 'LoadBalancer') return [];
  const changed = immutable(spec.child('loadBalancerClass'), now.loadBalancerClass, before.loadBalancerClass);
  return changed.length === 0 ? [] : [invalid(spec.child('loadBalancerClass'), now.loadBalancerClass, mayNotChange)];
}

/** Addresses that a load balancer reports. */
export function validateLoadBalancerStatus(service: corev1.Service): FieldError[] {
  const path = FieldPath.of('status', 'loadBalancer', 'ingress');
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && service.spec?.type !== 'LoadBalancer') return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap(({ ip, ipMode, hostname }, i) => {
    const at = path.index(i);
    const errors = ip ? invalidFor(at.child('ip'), ip, checkIp(ip)) : [];
    if (ipMode !== undefined) errors.push(...(ip ? supportedOnly(at.child('ipMode'), ipMode, ['Proxy', 'VIP']) : [forbidden(at.child('ipMode'), 'may not be specified when `ip` is not set')]));
    if (!hostname) return errors;
    errors.push(...invalidFor(at.child('hostname'), hostname, checkDnsSubdomain(hostname)));
    if (ipFamilyOf(hostname) !== undefined) errors.push(invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
    return errors;
  });
}
