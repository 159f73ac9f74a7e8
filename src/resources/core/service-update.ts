/**
 * What a Service keeps over an update: addresses and ports that were given out and that the client left away, and what goes
 * when its type, or what it is reached by, changes.
 * Upstream: pkg/registry/core/service/strategy.go, pkg/registry/core/service/storage/storage.go
 */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import { sameJson } from '../validation/fields.ts';
import { isExternallyReachable, needsClusterIp, needsHealthCheckNodePort, needsNodePorts } from './service-types.ts';

type SpecDraft = Draft<corev1.ServiceSpec>;

export interface UpdateRules {
  /** Whether node ports of before stay where the type no longer has any, so that validation refuses them: releases up to 1.19. */
  readonly strictNodePorts: boolean;
}

export function keepAllocated(service: Draft<corev1.Service>, old: corev1.Service, rules: UpdateRules = { strictNodePorts: false }): void {
  const spec = service.spec;
  const before = old.spec;
  if (spec === undefined || before === undefined) return;
  followClusterIp(spec, before);
  if (needsClusterIp(spec) && needsClusterIp(before)) keepAddresses(spec, before);
  if (needsNodePorts(spec) && needsNodePorts(before)) keepNodePorts(spec, before);
  if (needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(before)) spec.healthCheckNodePort ||= before.healthCheckNodePort;
  dropWhatHasNoUse(spec, before, rules);
}

/** A client that knows only `clusterIP` changes or clears it: the list that it left as it was follows. */
function followClusterIp(spec: SpecDraft, before: corev1.ServiceSpec): void {
  if (spec.clusterIP === before.clusterIP || !sameJson(spec.clusterIPs, before.clusterIPs)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else if (before.clusterIP) delete spec.clusterIPs;
}

function keepAddresses(spec: SpecDraft, before: corev1.ServiceSpec): void {
  if (!spec.clusterIP) {
    if (before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && before.clusterIPs !== undefined) spec.clusterIPs = [...before.clusterIPs];
  }
  if (spec.clusterIP === before.clusterIP && before.ipFamilies !== undefined && spec.ipFamilyPolicy === before.ipFamilyPolicy) {
    spec.ipFamilies = [...before.ipFamilies];
  }
}

/** A port without a node port keeps the one it had, found by protocol and port. */
function keepNodePorts(spec: SpecDraft, before: corev1.ServiceSpec): void {
  const identity = (port: { readonly protocol?: string | undefined; readonly port: number }): string => `${port.protocol ?? 'TCP'}/${port.port}`;
  const known = new Map((before.ports ?? []).map((port) => [identity(port), port.nodePort]));
  const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  for (const port of spec.ports ?? []) {
    const nodePort = known.get(identity(port));
    if (!port.nodePort && nodePort !== undefined && !used.has(nodePort)) port.nodePort = nodePort;
  }
}

/** What the Service could have and now cannot goes where the client left it as it was; a value that it changed is an error that validation reports. */
function dropWhatHasNoUse(spec: SpecDraft, before: corev1.ServiceSpec, { strictNodePorts }: UpdateRules): void {
  if (needsClusterIp(before) && !needsClusterIp(spec)) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) dropUnchanged(spec, before, field);
  }
  if (!strictNodePorts && needsNodePorts(before) && !needsNodePorts(spec) && sameNodePorts(spec, before)) for (const port of spec.ports ?? []) delete port.nodePort;
  if (needsHealthCheckNodePort(before) && !needsHealthCheckNodePort(spec)) dropUnchanged(spec, before, 'healthCheckNodePort');
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const) dropUnchanged(spec, before, field);
  if (isExternallyReachable(before) && !isExternallyReachable(spec)) dropUnchanged(spec, before, 'externalTrafficPolicy');
  if (before.type === 'ExternalName' && spec.type !== 'ExternalName') dropUnchanged(spec, before, 'externalName');
}

function dropUnchanged(spec: SpecDraft, before: corev1.ServiceSpec, field: keyof corev1.ServiceSpec): void {
  if (sameJson(spec[field], before[field])) delete spec[field];
}

function sameNodePorts(spec: SpecDraft, before: corev1.ServiceSpec): boolean {
  return (spec.ports ?? []).every(({ nodePort }) => !nodePort || (before.ports ?? []).some((port) => port.nodePort === nodePort));
}
