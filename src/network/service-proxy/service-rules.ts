/**
 * The rules of one Service: a pure function of it and its EndpointSlices.
 *
 * Each port has up to four chains: `svc-` picks any endpoint, `loc-` one of this node, `ext-` receives traffic that came from
 * outside (node ports, load balancer and external addresses) and decides between them, `lb-` checks who may use the load balancer.
 * Upstream: pkg/proxy/nftables/proxier.go (behaviour)
 */
import { isHeadless } from '../../resources/core/service-types.ts';
import { ipv4Number } from '../../base/ipv4-range.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { chooseEndpoints, reachable, type Endpoint, type EndpointChoice, type Place } from './endpoint-choice.ts';
import { masquerade } from './base-table.ts';
import { FragmentBuilder, type Fragment } from './fragment.ts';
import { shortHash } from './owned.ts';

export interface ProxyOptions {
  readonly nodeName: string;
  readonly nodeAddress: string;
  /** The Pods' range. */
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

const defaultAffinitySeconds = 10800;
/** nftables allows 128 characters in a chain's name. */
const longestName = 120;

export function serviceFragment(service: corev1.Service, slices: readonly discoveryv1.EndpointSlice[], options: ProxyOptions & Place): Fragment | undefined {
  const { spec } = service;
  if (!spec || spec.type === 'ExternalName' || isHeadless(spec) || ipv4Number(spec.clusterIP ?? '') === undefined) return undefined;
  const fragment = new FragmentBuilder();
  fragment.element('cluster-ips', spec.clusterIP ?? '');
  for (const port of spec.ports ?? []) {
    const protocol = (port.protocol ?? 'TCP').toLowerCase();
    if (protocol !== 'tcp' && protocol !== 'udp') continue;
    new PortRules(fragment, { service, spec, port, protocol, options, choice: chooseEndpoints(port, slices, options) }).write();
  }
  return fragment;
}

interface PortContext {
  readonly service: corev1.Service;
  readonly spec: corev1.ServiceSpec;
  readonly port: corev1.ServicePort;
  readonly protocol: 'tcp' | 'udp';
  readonly options: ProxyOptions;
  readonly choice: EndpointChoice;
}

class PortRules {
  readonly #fragment: FragmentBuilder;
  readonly #context: PortContext;
  readonly #tail: string;
  readonly #id: string;

  constructor(fragment: FragmentBuilder, context: PortContext) {
    const { service, port, protocol } = context;
    const { namespace = '', name = '' } = service.metadata;
    this.#fragment = fragment;
    this.#context = context;
    const readable = `${namespace}/${name}/${protocol}/${port.port}`;
    this.#id = shortHash(readable);
    this.#tail = `${this.#id}-${readable}`;
  }

  write(): void {
    const { spec, port, protocol, choice } = this.#context;
    if (protocol === 'udp') this.#writeUdp();
    for (const { ip } of reachable(choice)) this.#fragment.element('hairpin', `${ip} . ${ip}`);
    const picks = this.#picks();
    this.#address(spec.clusterIP ?? '', port.port, this.#internal(picks));
    if (!this.#isExternal()) return;
    const external = this.#external(picks);
    const accepts = choice.cluster.length > 0 ? this.#fragment.chain(this.#name('ext'), external) : undefined;
    for (const ip of spec.externalIPs ?? []) if (ipv4Number(ip) !== undefined) this.#address(ip, port.port, accepts);
    const balanced = this.#loadBalancerAddresses();
    if (balanced.length > 0) {
      const entry = accepts && this.#guarded(accepts);
      for (const ip of balanced) this.#address(ip, port.port, entry);
    }
    if (port.nodePort) this.#nodePort(port.nodePort, accepts);
  }

  #name(prefix: string): string {
    return `${prefix}-${this.#tail}`.slice(0, longestName);
  }

  /** The chains that pick an endpoint, made where there is one to pick. */
  #picks(): { readonly any: string | undefined; readonly local: string | undefined } {
    const { choice, spec } = this.#context;
    const wantsLocal = spec.internalTrafficPolicy === 'Local' || spec.externalTrafficPolicy === 'Local';
    return { any: this.#pick('svc', choice.cluster), local: wantsLocal ? this.#pick('loc', choice.local) : undefined };
  }

  #pick(prefix: string, endpoints: readonly Endpoint[]): string | undefined {
    if (endpoints.length === 0) return undefined;
    const { protocol, spec } = this.#context;
    if (spec.sessionAffinity === 'ClientIP') return this.#fragment.chain(this.#name(prefix), this.#sticky(endpoints));
    const [only] = endpoints;
    const target =
      endpoints.length === 1 && only
        ? `dnat to ${only.ip}:${only.port}`
        : `dnat ip to numgen random mod ${endpoints.length} map { ${endpoints.map(({ ip, port }, i) => `${i} : ${ip} . ${port}`).join(', ')} }`;
    return this.#fragment.chain(this.#name(prefix), [`meta l4proto ${protocol} ${target}`]);
  }

  /** Session affinity: each endpoint remembers its clients; whoever is remembered goes there, others by chance. */
  #sticky(endpoints: readonly Endpoint[]): string[] {
    const { protocol, spec } = this.#context;
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
    const chains = endpoints.map(({ ip, port }) => {
      // The timeout is in the name: a set's timeout cannot be changed.
      const set = `aff-${this.#id}-${seconds}-${ip}-${port}`;
      this.#fragment.affinitySets.set(set, seconds);
      const chain = this.#fragment.chain(`ep-${this.#id}-${seconds}-${ip}-${port}`, [`update @${set} { ip saddr }`, `meta l4proto ${protocol} dnat to ${ip}:${port}`]);
      return { chain, set };
    });
    return [
      ...chains.map(({ chain, set }) => `ip saddr @${set} goto ${chain}`),
      `numgen random mod ${chains.length} vmap { ${chains.map(({ chain }, i) => `${i} : goto ${chain}`).join(', ')} }`,
    ];
  }

  /** Where traffic to the cluster address goes; undefined where there is nothing at all, 'drop-it' where only this node has none. */
  #internal({ any, local }: { readonly any: string | undefined; readonly local: string | undefined }): string | undefined {
    if (this.#context.spec.internalTrafficPolicy !== 'Local') return any;
    return local ?? (any === undefined ? undefined : 'drop-it');
  }

  #external({ any, local }: { readonly any: string | undefined; readonly local: string | undefined }): string[] {
    const { spec, options } = this.#context;
    if (any === undefined) return [];
    if (spec.externalTrafficPolicy !== 'Local') return [masquerade, `goto ${any}`];
    const outside = local === undefined ? 'drop' : `goto ${local}`;
    return [`ip saddr ${options.clusterCidr} goto ${any}`, `fib saddr type local ${masquerade} goto ${any}`, outside];
  }

  #isExternal(): boolean {
    const { spec, port } = this.#context;
    return (spec.externalIPs ?? []).length > 0 || port.nodePort !== undefined || spec.type === 'LoadBalancer';
  }

  /** Only once the load balancer has taken the Service's ports; its own address also means localhost. */
  #loadBalancerAddresses(): string[] {
    const { spec, service, options } = this.#context;
    const ingress = spec.type === 'LoadBalancer' ? (service.status?.loadBalancer?.ingress ?? []) : [];
    const addresses = new Set<string>();
    for (const { ip, hostname } of ingress) {
      if (ip === options.nodeAddress || hostname === 'localhost') addresses.add(options.nodeAddress).add('127.0.0.1');
      else if (ip !== undefined && ipv4Number(ip) !== undefined) addresses.add(ip);
    }
    return [...addresses];
  }

  #guarded(accepts: string): string {
    const ranges = (this.#context.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter((range) => ipv4Number(range.split('/')[0] ?? '') !== undefined);
    if (ranges.length === 0 || ranges.includes('0.0.0.0/0')) return accepts;
    return this.#fragment.chain(this.#name('lb'), [...ranges.map((range) => `ip saddr ${range} goto ${accepts}`), `fib saddr type local goto ${accepts}`, 'drop']);
  }

  #address(ip: string, port: number, chain: string | undefined): void {
    const { protocol } = this.#context;
    const key = `${ip} . ${protocol} . ${port}`;
    if (chain === undefined) this.#fragment.element('no-endpoint-services', key, 'goto refuse');
    else if (chain === 'drop-it') this.#fragment.element('no-endpoint-services', key, 'goto drop-it');
    else this.#fragment.element('service-ips', key, `goto ${chain}`);
    if (protocol === 'udp' && chain !== undefined) this.#fragment.udpFrontends.push({ ip, port });
  }

  #nodePort(port: number, chain: string | undefined): void {
    const { protocol } = this.#context;
    if (chain === undefined) this.#fragment.element('no-endpoint-nodeports', `${protocol} . ${port}`, 'goto refuse');
    else this.#fragment.element('service-nodeports', `${protocol} . ${port}`, `goto ${chain}`);
    if (protocol === 'udp' && chain !== undefined) this.#fragment.udpFrontends.push({ port });
  }

  #writeUdp(): void {
    for (const { ip, port } of reachable(this.#context.choice)) this.#fragment.udpEndpoints.push({ ip, port });
  }
}
