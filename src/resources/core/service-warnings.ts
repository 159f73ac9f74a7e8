/** What of a Service does nothing, or is written in a way that others may read differently. Upstream: pkg/api/service/warnings.go */
import { FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { cidrWarnings, ipWarnings } from '../validation/ip.ts';

const spec = FieldPath.of('spec');

export function serviceWarnings({ metadata, spec: given }: corev1.Service): string[] {
  if (given === undefined) return [];
  const { type, clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP = '', loadBalancerSourceRanges = [], externalName = '' } = given;
  const isHeadless = type === 'ClusterIP' && clusterIP === 'None';
  const isAlias = type === 'ExternalName';
  const warnings: string[] = [];
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    warnings.push('annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead');
  }
  if (clusterIP && clusterIP !== 'None' && !isAlias) warnings.push(...clusterIPs.flatMap((ip, i) => ipWarnings(spec.child('clusterIPs').index(i), ip)));
  if (isHeadless && loadBalancerIP !== '') warnings.push('spec.loadBalancerIP is ignored for headless services');
  if (isHeadless && externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
  if (isHeadless && given.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  warnings.push(...externalIPs.flatMap((ip, i) => ipWarnings(spec.child('externalIPs').index(i), ip)));
  if (externalIPs.length > 0 && !isHeadless && !isAlias) warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (loadBalancerIP !== '') warnings.push(...ipWarnings(spec.child('loadBalancerIP'), loadBalancerIP));
  warnings.push(...loadBalancerSourceRanges.flatMap((cidr, i) => cidrWarnings(spec.child('loadBalancerSourceRanges').index(i), cidr.trim())));
  if (isAlias && externalIPs.length > 0) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!isAlias && externalName !== '') warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (given.trafficDistribution === 'PreferClose') warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}
