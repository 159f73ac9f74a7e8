/**
 * The names that Services, their endpoints and namespaces have: pure functions from objects to records.
 * Upstream: kubernetes/dns docs/specification.md; CoreDNS plugin/kubernetes (behaviour)
 */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { clusterIpsOf, isHeadless } from '../../resources/core/service-types.ts';
import { ipFamilyOf } from '../../resources/validation/ip.ts';

export interface ServiceTarget {
  readonly port: number;
  readonly target: string;
}

/** `exists`: the name is there, with no records of its own. */
export type DnsRecord =
  | { readonly name: string; readonly type: 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'TXT'; readonly data: string }
  | { readonly name: string; readonly type: 'SRV'; readonly data: ServiceTarget }
  | { readonly name: string; readonly type: 'exists' };

/** The records of a Service and its slices. */
export function serviceRecords(service: corev1.Service, slices: readonly discoveryv1.EndpointSlice[], domain: string): DnsRecord[] {
  const { name = '', namespace = '' } = service.metadata;
  const base = `${name}.${namespace}.svc.${domain}`;
  const { spec } = service;
  if (!spec) return [];
  if (spec.type === 'ExternalName') return spec.externalName ? [{ name: base, type: 'CNAME', data: spec.externalName.replace(/\.$/, '').toLowerCase() }] : [];
  if (isHeadless(spec)) return [{ name: base, type: 'exists' }, ...unique(slices.flatMap((slice) => sliceRecords(slice, base)))];
  const records: DnsRecord[] = [];
  for (const ip of clusterIpsOf(service)) records.push(...addressRecords(base, ip));
  if (records.length === 0) return [];
  for (const port of spec.ports ?? []) if (port.name) records.push({ name: portName(port.name, port.protocol, base), type: 'SRV', data: { port: port.port, target: base } });
  return records;
}

export const namespaceRecords = (namespace: string, domain: string): DnsRecord[] => [{ name: `${namespace}.svc.${domain}`, type: 'exists' }];

/** '10.244.0.7' → '7.0.244.10.in-addr.arpa'; undefined for anything but IPv4. */
export function reverseName(ip: string): string | undefined {
  return ipFamilyOf(ip) === 'IPv4' ? `${ip.split('.').reverse().join('.')}.in-addr.arpa` : undefined;
}

/** The endpoints of a headless Service have names of their own: their hostname, or their address with dashes. */
function sliceRecords(slice: discoveryv1.EndpointSlice, base: string): DnsRecord[] {
  if (slice.addressType === 'FQDN') return [];
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions, hostname }) => {
    const [ip] = addresses;
    if (ip === undefined || conditions?.ready === false) return [];
    const own = `${hostname ?? ip.replaceAll(/[.:]/g, '-')}.${base}`;
    const type = ipFamilyOf(ip) === 'IPv6' ? 'AAAA' : 'A';
    const records: DnsRecord[] = [{ name: base, type, data: ip }, ...addressRecords(own, ip)];
    for (const port of slice.ports ?? []) {
      if (port.name && port.port !== undefined) records.push({ name: portName(port.name, port.protocol, base), type: 'SRV', data: { port: port.port, target: own } });
    }
    return records;
  });
}

function addressRecords(name: string, ip: string): DnsRecord[] {
  const reverse = reverseName(ip);
  const forward: DnsRecord = { name, type: ipFamilyOf(ip) === 'IPv6' ? 'AAAA' : 'A', data: ip };
  return reverse === undefined ? [forward] : [forward, { name: reverse, type: 'PTR', data: name }];
}

const portName = (port: string, protocol: string | undefined, base: string): string => `_${port}._${(protocol ?? 'TCP').toLowerCase()}.${base}`;

function unique(records: readonly DnsRecord[]): DnsRecord[] {
  return [...new Map(records.map((record) => [JSON.stringify(record), record])).values()];
}
