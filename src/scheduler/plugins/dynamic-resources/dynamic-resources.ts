/**
 * A Pod goes only where the devices that its ResourceClaims ask for can be had. Devices are chosen while nodes are looked at, held when the
 * node is chosen, and written to the claims before the Pod is bound.
 * Upstream: pkg/scheduler/framework/plugins/dynamicresources
 */
import type { Clock } from '../../../base/clock.ts';
import { objectKey } from '../../../apimachinery/object.ts';
import type { ApiClient } from '../../../client/client.ts';
import type { Informers } from '../../../client/informers.ts';
import type { Random } from '../../../base/random.ts';
import { canBeReserved, isClaimOf, isReservedFor, lookUpClaim, notClaimOf } from '../../../resources/core/pod-resource-claims.ts';
import { selectorMatcher } from '../../../resources/core/node-selector.ts';
import { resourceClaims } from '../../../resources/resource/resource-claim.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { sameJson } from '../../../resources/validation/fields.ts';
import { nodeThatMayFit, type ClusterEvent } from '../../framework/cluster-event.ts';
import { scaleToHighest } from '../../framework/normalize.ts';
import type { Plugin, PostFilterResult, Reservation } from '../../framework/plugin.ts';
import { unresolvable, type Rejection } from '../../framework/rejection.ts';
import type { NodeFacts } from '../../state/node-selector.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { allocateOn, NodeProblem } from './allocator.ts';
import { hasBindingConditions, isLost, whenReady } from './binding-conditions.ts';
import { ClaimWriter } from './claim-writer.ts';
import { checkCount, nameOfClaim, requestsOf, type ClaimRequests } from './device-request.ts';
import type { DeviceState } from './device-state.ts';

const name = 'DynamicResources';
const cannotAllocate = unresolvable(name, 'cannot allocate all claims');
const notThere = unresolvable(name, 'resourceclaim not available on the node');
/** The best alternative of a request counts so much, each later one less by one. */
const bestAlternative = 8;

type Claim = resourcev1.ResourceClaim;

export interface DynamicResourcesParts {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly devices: DeviceState;
  /** Tells people that a Pod waits for its devices to be made ready. */
  readonly announceWait: (pod: corev1.Pod, node: string) => void;
}

export function dynamicResources(parts: DynamicResourcesParts): Plugin {
  const scheduler = new DeviceScheduler(parts);
  return {
    name,
    mayEnter: (pod) => {
      const claims = namesNone(pod) ? undefined : scheduler.claimsOf(pod.pod);
      return typeof claims === 'string' ? unresolvable(name, claims) : undefined;
    },
    filter: (pod) => {
      if (namesNone(pod)) return undefined;
      const plan = scheduler.plan(pod);
      return plan instanceof PodPlan ? { filter: (node) => plan.check(node) } : plan;
    },
    postFilter: (pod) => (namesNone(pod) ? undefined : scheduler.makeFree(pod)),
    score: (pod) => (namesNone(pod) ? undefined : scheduler.planOf(pod)?.scores()),
    reserve: (pod, node) => (namesNone(pod) ? undefined : scheduler.reserve(pod, node)),
    wakes: (event, pod) => scheduler.wakes(event, pod.pod),
  };
}

const namesNone = ({ pod }: PodInfo): boolean => (pod.spec?.resourceClaims ?? []).length === 0;

/** What can be said of a Pod before nodes are looked at, and what was found on them. */
class PodPlan {
  readonly claims: readonly Claim[];
  readonly toAllocate: readonly ClaimRequests[];
  /** Allocated claims that were in the way on some node. */
  readonly unavailable = new Set<Claim>();
  readonly #parts: DynamicResourcesParts;
  readonly #allocated: readonly { readonly claim: Claim; readonly isReachable: (node: NodeFacts) => boolean }[];
  readonly #found = new Map<string, readonly resourcev1.AllocationResult[]>();

  constructor(claims: readonly Claim[], toAllocate: readonly ClaimRequests[], parts: DynamicResourcesParts) {
    this.claims = claims;
    this.toAllocate = toAllocate;
    this.#parts = parts;
    const now = parts.clock.now();
    this.#allocated = claims.flatMap((claim) => {
      const { allocation } = claim.status ?? {};
      if (allocation === undefined) return [];
      return [{ claim, isReachable: isLost(claim, now) ? () => false : allocation.nodeSelector ? selectorMatcher(allocation.nodeSelector) : () => true }];
    });
  }

  check(node: NodeFacts): Rejection | undefined {
    const allocations = this.allocate(node);
    if (!Array.isArray(allocations)) return allocations;
    const missing = this.#allocated.filter(({ isReachable }) => !isReachable(node));
    for (const { claim } of missing) this.unavailable.add(claim);
    if (missing.length > 0) return notThere;
    this.#found.set(node.name, allocations);
    return undefined;
  }

  /** One for each of `toAllocate`. */
  allocate(node: NodeFacts): resourcev1.AllocationResult[] | Rejection {
    if (this.toAllocate.length === 0) return [];
    const { devices, random } = this.#parts;
    try {
      return allocateOn(node, this.toAllocate, { pools: devices.pools, inUse: devices.ledger, selectors: devices.selectors, newShareId: () => random.uuid() }) ?? cannotAllocate;
    } catch (error) {
      if (error instanceof NodeProblem) return unresolvable(name, error.message);
      throw error;
    }
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

class DeviceScheduler {
  readonly #parts: DynamicResourcesParts;
  readonly #writer: ClaimWriter;
  /** Of the attempt under way. */
  readonly #plans = new WeakMap<PodInfo, PodPlan>();

  constructor(parts: DynamicResourcesParts) {
    this.#parts = parts;
    this.#writer = new ClaimWriter(parts.client, parts.clock);
  }

  /** The claims that a Pod names, or why it cannot be tried. */
  claimsOf(pod: corev1.Pod): Claim[] | string {
    const claims: Claim[] = [];
    const { namespace = '', name: podName = '' } = pod.metadata;
    for (const podClaim of pod.spec?.resourceClaims ?? []) {
      const known = lookUpClaim(pod, podClaim);
      if (known.state === 'awaited') return `pod "${namespace}/${podName}": ResourceClaim not created yet`;
      if (known.state === 'needless') continue;
      const claim = this.#parts.devices.ledger.get(`${namespace}/${known.name}`);
      if (!claim) return `could not find ResourceClaim "${namespace}/${known.name}"`;
      if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim "${known.name}" is being deleted`;
      if (known.generated && !isClaimOf(claim, pod)) return notClaimOf(claim, pod);
      claims.push(claim);
    }
    return claims;
  }

  plan(pod: PodInfo): PodPlan | Rejection | undefined {
    this.#plans.delete(pod);
    const claims = this.claimsOf(pod.pod);
    if (typeof claims === 'string') return unresolvable(name, claims);
    if (claims.length === 0) return undefined;
    const toAllocate: ClaimRequests[] = [];
    const { ledger, findClass } = this.#parts.devices;
    for (const claim of claims) {
      if (ledger.isPending(objectKey(claim))) return unresolvable(name, `resource claim ${nameOfClaim(claim)} is in the process of being allocated`);
      if (claim.status?.allocation) {
        if (!canBeReserved(claim) && !isReservedFor(claim, pod.pod)) return unresolvable(name, 'resourceclaim in use');
        continue;
      }
      const requests = requestsOf(claim, findClass);
      if (typeof requests === 'string') return unresolvable(name, requests);
      checkCount(requests);
      toAllocate.push(requests);
    }
    const plan = new PodPlan(claims, toAllocate, this.#parts);
    this.#plans.set(pod, plan);
    return plan;
  }

  planOf(pod: PodInfo): PodPlan | undefined {
    return this.#plans.get(pod);
  }

  /** A claim that only this Pod could use, and that was allocated for another node, is allocated anew. */
  makeFree(pod: PodInfo): PostFilterResult {
    const isIdle = ({ status }: Claim): boolean => (status?.reservedFor ?? []).every(({ uid }) => uid === pod.uid);
    const claim = [...(this.planOf(pod)?.unavailable ?? [])].find(isIdle);
    if (!claim) return { message: 'still not schedulable' };
    return { message: 'deallocation of ResourceClaim completed', act: () => this.#writer.deallocate(claim) };
  }

  /** Chooses once more: since the node was looked at others may have been asked, and time may have passed. */
  reserve(pod: PodInfo, node: NodeFacts): Reservation | Rejection | undefined {
    const plan = this.plan(pod);
    if (!(plan instanceof PodPlan)) return plan;
    const allocations = plan.allocate(node);
    if (!Array.isArray(allocations)) return allocations;
    const { ledger } = this.#parts.devices;
    const decided = new Map(plan.toAllocate.map(({ claim }, i) => [objectKey(claim), allocations[i]]));
    for (const { claim } of plan.toAllocate) ledger.decide({ ...claim, status: { ...claim.status, allocation: decided.get(objectKey(claim)) } });
    const bound = new Map<string, Claim>();
    return {
      prepare: async () => {
        for (const claim of plan.claims) {
          const key = objectKey(claim);
          const written = await this.#writer.bind(claim, pod.pod, decided.get(key));
          ledger.written(written);
          bound.set(key, written);
        }
      },
      ready: (signal) => this.#whenReady(pod.pod, node, [...bound.values()], signal),
      release: () => this.#release(pod.pod, decided.keys(), [...bound.values()]),
    };
  }

  async #whenReady(pod: corev1.Pod, node: NodeFacts, claims: readonly Claim[], signal: AbortSignal): Promise<void> {
    const keys = claims.filter(hasBindingConditions).map(objectKey);
    if (keys.length === 0) return;
    const { informers, clock, announceWait } = this.#parts;
    announceWait(pod, node.name);
    await whenReady({ claims: informers.of(resourceClaims), clock, keys, signal });
  }

  async #release(pod: corev1.Pod, decided: Iterable<string>, bound: readonly Claim[]): Promise<void> {
    for (const key of decided) this.#parts.devices.ledger.undo(key);
    for (const claim of bound) await this.#writer.unreserve(claim, pod);
  }

  wakes(event: ClusterEvent, pod: corev1.Pod): boolean {
    switch (event.type) {
      case 'resource-claim-changed':
        return this.#claimMatters(event.claim, event.old, pod);
      case 'device-class-changed':
      case 'resource-slices-changed':
        return true;
      case 'self-changed':
        return typeof this.claimsOf(event.pod) !== 'string';
      default:
        return nodeThatMayFit(event, 'labels') !== undefined;
    }
  }

  /** Devices became free, or something happened to a claim of the Pod's own. */
  #claimMatters(claim: Claim, old: Claim | undefined, pod: corev1.Pod): boolean {
    const claims = this.claimsOf(pod);
    if (typeof claims === 'string') return false;
    if (old?.status?.allocation && !claim.status?.allocation) return true;
    if (!claims.some(({ metadata }) => metadata.uid === claim.metadata.uid)) return false;
    return old === undefined || !sameJson(old.status ?? {}, claim.status ?? {});
  }
}
