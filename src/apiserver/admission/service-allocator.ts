/**
 * Gives Services their cluster addresses and node ports, and refuses those that another Service has.
 *
 * What is taken is read off the stored Services; nothing else records it, so an address or port is free again as soon as its
 * Service is gone or no longer needs it. Values given to writes that are still on their way are held in `pending` until the
 * cache shows the Service or the write fails.
 * Upstream: pkg/registry/core/service/storage/alloc.go, pkg/registry/core/service/ipallocator, .../portallocator
 */
import { Ipv4Range } from '../../base/ipv4-range.ts';
import type { Random } from '../../base/random.ts';
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { needsClusterIp, needsHealthCheckNodePort, needsNodePorts } from '../../resources/core/service-types.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { ipFamilyOf } from '../../resources/validation/ip.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { ServiceHoldings } from './service-holdings.ts';

export const defaultServiceCidr = '10.96.0.0/16';

/** Node ports given out, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const nodePortRange: PortRange = { first: 30000, last: 32767 };
const spec = FieldPath.of('spec');

/** Offsets in the service range that belong to one Service and are never given to another: the API server's and the cluster DNS's. */
const reserved = { apiServer: 1, dns: 10 };
const apiServerKey = 'default/kubernetes';
const dnsKey = 'kube-system/kube-dns';

type ServiceDraft = Draft<corev1.Service>;
type SpecDraft = Draft<corev1.ServiceSpec>;

export function serviceAllocator({ objects, registry, random, serviceCidr }: AdmissionDependencies): AdmissionPlugin {
  const range = Ipv4Range.parse(serviceCidr ?? defaultServiceCidr);
  let holdings: ServiceHoldings | undefined;
  const known = (): ServiceHoldings | undefined => {
    const found = registry.byResource('', 'v1', 'services');
    if (found) holdings ??= new ServiceHoldings(objects.cacheOf(found.definition));
    return holdings;
  };
  return {
    name: 'ServiceAllocator',
    handles: ({ definition, subresource }) => definition.plural === 'services' && definition.group === '' && subresource === '',
    admit({ operation, object, old, namespace, name, dryRun, onFailure }) {
      const held = known();
      if (!held) return;
      const key = `${namespace}/${name}`;
      if (operation === 'DELETE') {
        held.release(key);
        return;
      }
      const service = object as unknown as ServiceDraft;
      if (!service.spec) return;
      const allocation = new Allocation(key, service, { held, range, random });
      allocation.checkFamilies(service.spec);
      allocation.allocateAddress(service.spec, old as unknown as corev1.Service | undefined);
      allocation.allocatePorts(service.spec);
      if (dryRun) return;
      const release = held.hold(key, allocation.taken, old?.metadata.resourceVersion);
      onFailure(release);
    },
  };
}

interface AllocationContext {
  readonly held: ServiceHoldings;
  readonly range: Ipv4Range;
  readonly random: Random;
}

/** The values one write of one Service takes. */
class Allocation {
  readonly taken: { readonly addresses: string[]; readonly ports: number[] } = { addresses: [], ports: [] };
  readonly #key: string;
  readonly #service: ServiceDraft;
  readonly #context: AllocationContext;

  constructor(key: string, service: ServiceDraft, context: AllocationContext) {
    this.#key = key;
    this.#service = service;
    this.#context = context;
  }

  /** The cluster has IPv4 only. A headless Service without selector may claim any family: its endpoints are the user's. */
  checkFamilies(given: SpecDraft): void {
    if (!needsClusterIp(given)) return;
    if (given.clusterIP === 'None' && Object.keys(given.selector ?? {}).length === 0) return;
    const errors: FieldError[] = [];
    if (given.ipFamilyPolicy === 'RequireDualStack') errors.push(invalid(spec.child('ipFamilyPolicy'), given.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
    (given.ipFamilies ?? []).forEach((family, i) => {
      if (family === 'IPv6') errors.push(invalid(spec.child('ipFamilies').index(i), family, 'not configured on this cluster'));
    });
    this.#refuse(errors);
  }

  allocateAddress(given: SpecDraft, old: corev1.Service | undefined): void {
    if (!needsClusterIp(given) || given.clusterIP === 'None') return;
    const wanted = given.clusterIP;
    if (wanted) {
      if (wanted !== old?.spec?.clusterIP && ipFamilyOf(wanted) === 'IPv4') this.#takeAddress(wanted, given);
      return;
    }
    const address = this.#nextAddress();
    given.clusterIP = address;
    given.clusterIPs = [address];
    this.taken.addresses.push(address);
  }

  allocatePorts(given: SpecDraft): void {
    if (needsNodePorts(given)) this.#allocateNodePorts(given);
    if (!needsHealthCheckNodePort(given)) return;
    if (!given.healthCheckNodePort) {
      given.healthCheckNodePort = this.#nextPort();
    } else {
      const problem = this.#portProblem(given.healthCheckNodePort);
      if (problem !== undefined) throw status.internalError(`failed to allocate requested HealthCheck NodePort ${given.healthCheckNodePort}: ${problem}`);
    }
    this.taken.ports.push(given.healthCheckNodePort);
  }

  #takeAddress(address: string, given: SpecDraft): void {
    const { range, held } = this.#context;
    const fail = (why: string): void => this.#refuse([invalid(spec.child('clusterIPs'), given.clusterIPs ?? [address], `failed to allocate IP ${address}: ${why}`)]);
    const last = range.at(range.size - 1);
    if (!range.includes(address) || address === range.at(0) || address === last) fail(`the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.text}`);
    const owner = address === range.at(reserved.apiServer) ? apiServerKey : held.addressOwner(address, this.#key);
    if (owner !== undefined && owner !== this.#key) fail('provided IP is already allocated');
    this.taken.addresses.push(address);
  }

  #nextAddress(): string {
    const { range, held, random } = this.#context;
    if (this.#key === apiServerKey) return range.at(reserved.apiServer);
    if (this.#key === dnsKey && held.addressOwner(range.at(reserved.dns), this.#key) === undefined) return range.at(reserved.dns);
    const isFree = (offset: number): boolean => offset !== reserved.apiServer && offset !== reserved.dns && held.addressOwner(range.at(offset), this.#key) === undefined;
    const offset = pick({ first: 1, last: range.size - 2 }, addressBand(range.size), isFree, random);
    if (offset === undefined) throw status.internalError('failed to allocate a serviceIP: range is full');
    return range.at(offset);
  }

  /** Ports of one number, for several protocols, share a node port. */
  #allocateNodePorts(given: SpecDraft): void {
    const byPort = new Map<number, number>();
    (given.ports ?? []).forEach((port, i) => {
      if (port.nodePort) {
        if (!this.taken.ports.includes(port.nodePort)) {
          const problem = this.#portProblem(port.nodePort);
          if (problem !== undefined) this.#refuse([invalid(spec.child('ports').index(i).child('nodePort'), port.nodePort, problem)]);
        }
      } else {
        const twin = (given.ports ?? []).find((other) => other.port === port.port && other.protocol !== port.protocol && other.nodePort);
        port.nodePort = byPort.get(port.port) ?? twin?.nodePort ?? this.#nextPort();
      }
      byPort.set(port.port, port.nodePort);
      this.taken.ports.push(port.nodePort);
    });
  }

  #portProblem(port: number): string | undefined {
    const { first, last } = nodePortRange;
    if (port < first || port > last) return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
    const owner = this.#context.held.portOwner(port, this.#key);
    return owner === undefined ? undefined : 'provided port is already allocated';
  }

  #nextPort(): number {
    const { held, random } = this.#context;
    const wanted = new Set((this.#service.spec?.ports ?? []).map(({ nodePort }) => nodePort));
    const isFree = (port: number): boolean => !wanted.has(port) && !this.taken.ports.includes(port) && held.portOwner(port, this.#key) === undefined;
    const port = pick(nodePortRange, portBand(nodePortRange), isFree, random);
    if (port === undefined) throw status.internalError('failed to allocate a nodePort: range is full');
    return port;
  }

  #refuse(errors: readonly FieldError[]): void {
    if (errors.length > 0) throw status.invalidObject('', 'Service', this.#service.metadata.name ?? '', errors);
  }
}

/** The low part of a range is left to those who choose for themselves, while the rest has room. */
const addressBand = (size: number): number => band(size, 16, 16, 256);
const portBand = ({ first, last }: PortRange): number => band(last - first + 1, 32, 16, 128);

function band(size: number, step: number, least: number, most: number): number {
  return size <= least ? 0 : Math.min(Math.max(least, Math.floor(size / step)), most);
}

/** A free number of the range, by chance: first above the band, then in it. */
function pick({ first, last }: PortRange, bandSize: number, isFree: (value: number) => boolean, random: Random): number | undefined {
  return pickIn(first + bandSize, last, isFree, random) ?? pickIn(first, Math.min(last, first + bandSize - 1), isFree, random);
}

function pickIn(first: number, last: number, isFree: (value: number) => boolean, random: Random): number | undefined {
  const count = last - first + 1;
  if (count <= 0) return undefined;
  const start = random.below(count);
  for (let i = 0; i < count; i++) {
    const value = first + ((start + i) % count);
    if (isFree(value)) return value;
  }
  return undefined;
}
