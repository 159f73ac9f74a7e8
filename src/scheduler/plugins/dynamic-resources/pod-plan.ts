/** What can be said of a Pod's devices while its node is looked for. */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { selectorMatcher, type NodeFacts } from '../../../resources/core/node-selector.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { scaleToHighest } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable, type Rejection } from '../../framework/rejection.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import { allocateOn, NodeProblem } from './allocator.ts';
import { isLost } from './binding-conditions.ts';
import { requestsOf, type ClaimRequests } from './device-request.ts';
import type { DeviceState } from './device-state.ts';
import { extendedClaim, extendedRequests } from './extended-resources.ts';

export const pluginName = 'DynamicResources';
const cannotAllocate = unresolvable(pluginName, 'cannot allocate all claims');
const notThere = unresolvable(pluginName, 'resourceclaim not available on the node');
/** The best alternative of a request counts so much, each later one less by one. */
const bestAlternative = 8;

type Claim = resourcev1.ResourceClaim;

export interface PlanParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly devices: DeviceState;
}

export interface PlanFacts {
  readonly pod: corev1.Pod;
  readonly claims: readonly Claim[];
  readonly toAllocate: readonly ClaimRequests[];
  /** Resources that the Pod requests and classes stand for. */
  readonly extended: ReadonlyMap<string, resourcev1.DeviceClass>;
}

export interface NodeAllocation {
  /** One for each of `toAllocate`. */
  readonly allocations: readonly resourcev1.AllocationResult[];
  readonly extended?: { readonly claim: Claim; readonly mappings: readonly corev1.ContainerExtendedResourceRequest[]; readonly allocation: resourcev1.AllocationResult } | undefined;
}

/** What can be said of a Pod before nodes are looked at, and what was found on them. */
export class PodPlan {
  readonly claims: readonly Claim[];
  readonly toAllocate: readonly ClaimRequests[];
  /** Allocated claims that were in the way on some node. */
  readonly unavailable = new Set<Claim>();
  readonly #pod: corev1.Pod;
  readonly #extended: ReadonlyMap<string, resourcev1.DeviceClass>;
  readonly #parts: PlanParts;
  readonly #allocated: readonly { readonly claim: Claim; readonly isReachable: (node: NodeFacts) => boolean }[];
  readonly #found = new Map<string, readonly resourcev1.AllocationResult[]>();

  constructor({ pod, claims, toAllocate, extended }: PlanFacts, parts: PlanParts) {
    this.claims = claims;
    this.toAllocate = toAllocate;
    this.#pod = pod;
    this.#extended = extended;
    this.#parts = parts;
    const now = parts.clock.now();
    this.#allocated = claims.flatMap((claim) => {
      const { allocation } = claim.status ?? {};
      if (allocation === undefined) return [];
      return [{ claim, isReachable: isLost(claim, now) ? () => false : allocation.nodeSelector ? selectorMatcher(allocation.nodeSelector) : () => true }];
    });
  }

  check(node: NodeInfo): Rejection | undefined {
    const found = this.allocate(node);
    if (!('allocations' in found)) return found;
    const { allocations } = found;
    const missing = this.#allocated.filter(({ isReachable }) => !isReachable(node));
    for (const { claim } of missing) this.unavailable.add(claim);
    if (missing.length > 0) return notThere;
    this.#found.set(node.name, allocations);
    return undefined;
  }

  allocate(node: NodeInfo): NodeAllocation | Rejection {
    const { devices, random } = this.#parts;
    const own = this.#extended.size > 0 ? this.#extendedOn(node) : undefined;
    const wanted = own ? [...this.toAllocate, own.wanted] : this.toAllocate;
    if (wanted.length === 0) return { allocations: [] };
    try {
      const allocations = allocateOn(node, wanted, { pools: devices.pools, inUse: devices.ledger, selectors: devices.selectors, newShareId: () => random.uuid() });
      if (!allocations) return cannotAllocate;
      const allocation = own && allocations.pop();
      return { allocations, extended: own && allocation && { claim: own.wanted.claim, mappings: own.mappings, allocation } };
    } catch (error) {
      if (error instanceof NodeProblem) return unresolvable(pluginName, error.message);
      throw error;
    }
  }

  /** The extended resources that the node does not offer itself. */
  #extendedOn({ allocatable }: NodeInfo): { readonly wanted: ClaimRequests; readonly mappings: readonly corev1.ContainerExtendedResourceRequest[] } | undefined {
    const { requests, mappings } = extendedRequests(this.#pod, new Map([...this.#extended].filter(([resource]) => (allocatable.scalars.get(resource) ?? 0) === 0)));
    if (requests.length === 0) return undefined;
    const wanted = requestsOf(extendedClaim(this.#pod, requests), this.#parts.devices.findClass);
    return typeof wanted === 'string' ? undefined : { wanted, mappings };
  }

  /** Nodes with the better alternatives are better. */
  scores(): ReturnType<NonNullable<Plugin['score']>> {
    if (!this.toAllocate.some(({ requests }) => requests.some((alternatives) => alternatives.length > 1))) return undefined;
    return { score: ({ name: node }) => this.#scoreOf(this.#found.get(node) ?? []), normalize: (scores) => scaleToHighest(scores) };
  }

  #scoreOf(allocations: readonly resourcev1.AllocationResult[]): number {
    let score = 0;
    this.toAllocate.forEach(({ requests }, i) => {
      const had = new Set((allocations[i]?.devices?.results ?? []).map(({ request }) => request));
      for (const alternatives of requests) alternatives.forEach((one, rank) => (score += one.name.includes('/') && had.has(one.name) ? bestAlternative - rank : 0));
    });
    return score;
  }
}
