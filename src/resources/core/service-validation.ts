/**
 * Validation of Services.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateService, ValidateServiceUpdate)
 */
import { duplicate, FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { protocols } from '../pod-spec/ports.ts';
import { validatePort as validateTargetPort } from '../pod-spec/probes.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable, invalidFor, oneOf, supportedOnly } from '../validation/fields.ts';
import { checkCidr, checkIp } from '../validation/ip.ts';
import { validateLabels } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain, checkPortNumber, checkQualifiedName } from '../validation/names.ts';
import { validateReachable } from './endpoints.ts';
import { isExternallyReachable, isHeadless, needsClusterIp } from './service-types.ts';

const spec = FieldPath.of('spec');
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const oneDay = 86400;

export function validateService(service: corev1.Service): FieldError[] {
  const given: corev1.ServiceSpec = service.spec ?? {};
  return [
    ...validatePortList(given),
    ...validateType(given),
    ...oneOf(spec.child('type'), given.type, types),
    ...validateLabels(given.selector, spec.child('selector')),
    ...oneOf(spec.child('sessionAffinity'), given.sessionAffinity, ['ClientIP', 'None']),
    ...validateAffinity(given),
    ...validateAddresses(given),
    ...validatePolicies(given),
    ...validateLoadBalancer(given),
  ];
}

function validateType(given: corev1.ServiceSpec): FieldError[] {
  const clusterIPs = spec.child('clusterIPs');
  if (given.type === 'LoadBalancer' && isHeadless(given)) return [invalid(clusterIPs.index(0), 'None', "may not be set to 'None' for LoadBalancer services")];
  if (given.type === 'NodePort' && isHeadless(given)) return [invalid(clusterIPs.index(0), 'None', "may not be set to 'None' for NodePort services")];
  if (given.type !== 'ExternalName') return [];
  const errors: FieldError[] = [];
  if ((given.clusterIPs ?? []).length > 0) errors.push(invalid(clusterIPs, given.clusterIPs, 'may not be set for ExternalName services'));
  for (const field of ['ipFamilies', 'ipFamilyPolicy'] as const) if ((given[field] ?? []).length > 0) errors.push(forbidden(spec.child(field), 'may not be set for ExternalName services'));
  const name = given.externalName ?? '';
  if (name === '') errors.push(required(spec.child('externalName')));
  else errors.push(...invalidFor(spec.child('externalName'), name, checkDnsSubdomain(name.replace(/\.$/, ''))));
  return errors;
}

function validatePortList(given: corev1.ServiceSpec): FieldError[] {
  const ports = given.ports ?? [];
  const path = spec.child('ports');
  if (ports.length === 0) return isHeadless(given) || given.type === 'ExternalName' ? [] : [required(path)];
  const names = new Set<string>();
  const errors = ports.flatMap((port, i) => validatePort(port, { named: ports.length > 1, names }, path.index(i)));
  return [...errors, ...validateNodePorts(given, path), ...validateUniquePorts(ports, path)];
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
  if (name !== '') {
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
  const seen = new Set<string>();
  return ports.flatMap(({ nodePort, protocol }, i) => {
    const at = path.index(i).child('nodePort');
    if (!nodePort) return [];
    if (type === 'ClusterIP') return [forbidden(at, "may not be used when `type` is 'ClusterIP'")];
    const key = `${protocol ?? ''}/${nodePort}`;
    if (seen.has(key)) return [duplicate(at, nodePort)];
    seen.add(key);
    return [];
  });
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
  if (given.sessionAffinity === 'None') return given.sessionAffinityConfig === undefined ? [] : [forbidden(path, 'must not be set when session affinity is None')];
  if (given.sessionAffinity !== 'ClientIP') return [];
  const seconds = given.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  const at = path.child('clientIP', 'timeoutSeconds');
  if (seconds === undefined) return [required(at)];
  return seconds > 0 && seconds <= oneDay ? [] : [invalid(at, seconds, `must be greater than 0 and less than ${oneDay}`)];
}

function validateAddresses(given: corev1.ServiceSpec): FieldError[] {
  const errors = (given.externalIPs ?? []).flatMap((ip, i) => {
    const at = spec.child('externalIPs').index(i);
    const wrong = invalidFor(at, ip, checkIp(ip));
    return wrong.length > 0 ? wrong : validateReachable(ip, at);
  });
  if (!needsClusterIp(given)) return errors;
  const ips = given.clusterIPs ?? [];
  ips.forEach((ip, i) => {
    if (ip === 'None' && ips.length > 1) errors.push(invalid(spec.child('clusterIPs').index(i), ip, "'None' must be the first and only value"));
    else if (ip !== 'None') errors.push(...invalidFor(spec.child('clusterIPs').index(i), ip, checkIp(ip)));
  });
  if (ips.length > 2) errors.push(invalid(spec.child('clusterIPs'), ips, 'may only hold up to 2 values'));
  if (ips.length > 0 && given.clusterIP !== undefined && given.clusterIP !== ips[0]) errors.push(invalid(spec.child('clusterIPs'), ips, 'first value must match `clusterIP`'));
  return [
    ...errors,
    ...supportedOnly(spec.child('ipFamilyPolicy'), given.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
    ...(given.ipFamilies ?? []).flatMap((family, i) => supportedOnly(spec.child('ipFamilies').index(i), family, ['IPv4', 'IPv6'])),
  ];
}

function validatePolicies(given: corev1.ServiceSpec): FieldError[] {
  const external = spec.child('externalTrafficPolicy');
  const errors: FieldError[] = [];
  if (isExternallyReachable(given)) errors.push(...oneOf(external, given.externalTrafficPolicy, ['Cluster', 'Local']));
  else if (given.externalTrafficPolicy) errors.push(invalid(external, given.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  if (given.healthCheckNodePort) {
    const at = spec.child('healthCheckNodePort');
    if (given.type !== 'LoadBalancer' || given.externalTrafficPolicy !== 'Local') errors.push(invalid(at, given.healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  }
  return [...errors, ...supportedOnly(spec.child('internalTrafficPolicy'), given.internalTrafficPolicy, ['Cluster', 'Local']),
    ...supportedOnly(spec.child('trafficDistribution'), given.trafficDistribution, ['PreferClose', 'PreferSameNode', 'PreferSameZone'])];
}

function validateLoadBalancer(given: corev1.ServiceSpec): FieldError[] {
  const isLoadBalancer = given.type === 'LoadBalancer';
  const ranges = spec.child('loadBalancerSourceRanges');
  const errors = (given.loadBalancerSourceRanges ?? []).flatMap((cidr, i) => invalidFor(ranges.index(i), cidr, checkCidr(cidr.trim())));
  if (!isLoadBalancer) {
    if ((given.loadBalancerSourceRanges ?? []).length > 0) errors.push(forbidden(ranges, "may only be used when `type` is 'LoadBalancer'"));
    if (given.allocateLoadBalancerNodePorts !== undefined) errors.push(forbidden(spec.child('allocateLoadBalancerNodePorts'), "may only be used when `type` is 'LoadBalancer'"));
    if (given.loadBalancerClass !== undefined) errors.push(forbidden(spec.child('loadBalancerClass'), "may only be used when `type` is 'LoadBalancer'"));
  } else if (given.loadBalancerClass !== undefined) errors.push(...invalidFor(spec.child('loadBalancerClass'), given.loadBalancerClass, checkQualifiedName(given.loadBalancerClass)));
  return errors;
}

export function validateServiceUpdate(service: corev1.Service, old: corev1.Service): FieldError[] {
  return [...validateAddressChange(service.spec ?? {}, old.spec ?? {}), ...validateClassChange(service.spec ?? {}, old.spec ?? {}), ...validateService(service)];
}

/** Once a Service has an address, it keeps it for as long as its type has addresses. */
function validateAddressChange(now: corev1.ServiceSpec, before: corev1.ServiceSpec): FieldError[] {
  if (!needsClusterIp(now) || !needsClusterIp(before) || !before.clusterIP) return [];
  const at = spec.child('clusterIPs').index(0);
  if (!now.clusterIP) return [invalid(at, now.clusterIPs ?? null, 'primary clusterIP can not be unset')];
  return now.clusterIP === before.clusterIP ? [] : [invalid(at, now.clusterIPs ?? [now.clusterIP], 'may not change once set')];
}

function validateClassChange(now: corev1.ServiceSpec, before: corev1.ServiceSpec): FieldError[] {
  if (now.type !== 'LoadBalancer' || before.type !== 'LoadBalancer') return [];
  const changed = immutable(spec.child('loadBalancerClass'), now.loadBalancerClass, before.loadBalancerClass);
  return changed.length === 0 ? [] : [invalid(spec.child('loadBalancerClass'), now.loadBalancerClass, 'may not change once set')];
}
