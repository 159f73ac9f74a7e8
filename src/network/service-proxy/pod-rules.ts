/** The rules of one Pod of this node: its host ports, and masquerading where it reaches itself through them. */
import { hostPorts } from '../../resources/core/pod-ports.ts';
import { isFinished } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { ipv4Number } from '../../base/ipv4-range.ts';
import { masquerade } from './base-table.ts';
import { FragmentBuilder, type Fragment } from './fragment.ts';
import { shortHash } from './owned.ts';

/** Undefined for Pods without host ports, and for those that have no address of their own (yet, or any more). */
export function podFragment(pod: corev1.Pod): Fragment | undefined {
  const ip = podAddress(pod);
  const ports = hostPorts(pod.spec);
  if (ip === undefined || ports.length === 0) return undefined;
  const fragment = new FragmentBuilder();
  fragment.element('hairpin', `${ip} . ${ip}`);
  for (const { hostIP, hostPort, containerPort, protocol: name } of ports) {
    const protocol = name.toLowerCase();
    if (protocol !== 'tcp' && protocol !== 'udp') continue;
    const identity = `${ip}/${hostIP}/${protocol}/${hostPort}`;
    const chain = fragment.chain(`host-${shortHash(identity)}-${protocol}-${hostPort}`, [`ip saddr 127.0.0.0/8 ${masquerade}`, `meta l4proto ${protocol} dnat to ${ip}:${containerPort}`]);
    const onAll = hostIP === '' || hostIP === '0.0.0.0';
    if (onAll) fragment.element('service-nodeports', `${protocol} . ${hostPort}`, `goto ${chain}`);
    else if (ipv4Number(hostIP) !== undefined) fragment.element('service-ips', `${hostIP} . ${protocol} . ${hostPort}`, `goto ${chain}`);
    if (protocol !== 'udp') continue;
    fragment.udpEndpoints.push({ ip, port: containerPort });
    fragment.udpFrontends.push(onAll ? { port: hostPort } : { ip: hostIP, port: hostPort });
  }
  return fragment;
}

/** The Pod's own address on the Pod network. */
export function podAddress(pod: corev1.Pod): string | undefined {
  const ip = pod.status?.podIP;
  if (pod.spec?.hostNetwork === true || isFinished(pod) || ip === undefined) return undefined;
  return ipv4Number(ip) === undefined ? undefined : ip;
}
