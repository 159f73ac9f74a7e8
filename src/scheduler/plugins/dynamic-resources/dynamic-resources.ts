/**
 * A Pod goes only where the devices that its ResourceClaims ask for can be had. Devices are chosen while nodes are looked at, held when the
 * node is chosen, and written to the claims before the Pod is bound.
 * Upstream: pkg/scheduler/framework/plugins/dynamicresources
 */
import { objectKey } from '../../../apimachinery/object.ts';
import type { ApiClient } from '../../../client/client.ts';
import type { Informers } from '../../../client/informers.ts';
import { canBeReserved, isClaimOf, isReservedFor, lookUpClaim, notClaimOf } from '../../../resources/core/pod-resource-claims.ts';
import { resourceClaims } from '../../../resources/resource/resource-claim.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { sameJson } from '../../../resources/validation/fields.ts';
import { nodeThatMayFit, type ClusterEvent } from '../../framework/cluster-event.ts';
import type { Plugin, PostFilterResult, Reservation } from '../../framework/plugin.ts';
import { unresolvable, type Rejection } from '../../framework/rejection.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { NodeFacts } from '../../state/node-selector.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { hasBindingConditions, whenReady } from './binding-conditions.ts';
import { ClaimWriter } from './claim-writer.ts';
import { checkCount, nameOfClaim, requestsOf, type ClaimRequests } from './device-request.ts';
import { isExtendedClaimOf } from './extended-resources.ts';
import { PodPlan, pluginName, type PlanParts } from './pod-plan.ts';

const name = pluginName;

type Claim = resourcev1.ResourceClaim;

export interface DynamicResourcesParts extends PlanParts {
  readonly client: ApiClient;
  readonly informers: Informers;
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
      if (!scheduler.concerns(pod)) return undefined;
      const plan = scheduler.plan(pod);
      return plan instanceof PodPlan ? { filter: (node) => plan.check(node) } : plan;
    },
    postFilter: (pod) => (scheduler.concerns(pod) ? scheduler.makeFree(pod) : undefined),
    score: (pod) => (scheduler.concerns(pod) ? scheduler.planOf(pod)?.scores() : undefined),
    reserve: (pod, node) => (scheduler.concerns(pod) ? scheduler.reserve(pod, node) : undefined),
    wakes: (event, pod) => scheduler.wakes(event, pod.pod),
  };
}

const namesNone = ({ pod }: PodInfo): boolean => (pod.spec?.resourceClaims ?? []).length === 0;

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
    const extended = this.#extendedOf(pod);
    if (claims.length === 0 && extended.size === 0) return undefined;
    // Left by an attempt that came to nothing.
    if (extended.size > 0 && this.#parts.devices.extendedClaims(pod.uid).length > 0) return unresolvable(name, 'cannot schedule extended resource claim');
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
    const plan = new PodPlan({ pod: pod.pod, claims, toAllocate, extended }, this.#parts);
    this.#plans.set(pod, plan);
    return plan;
  }

  /** Whether a Pod has claims, or requests what a class stands for. */
  concerns(pod: PodInfo): boolean {
    return !namesNone(pod) || (pod.requests.scalars.size > 0 && this.#extendedOf(pod).size > 0);
  }

  #extendedOf({ requests: { scalars } }: PodInfo): ReadonlyMap<string, resourcev1.DeviceClass> {
    const found = new Map<string, resourcev1.DeviceClass>();
    for (const [resource, amount] of scalars) {
      const deviceClass = amount > 0 ? this.#parts.devices.classFor(resource) : undefined;
      if (deviceClass) found.set(resource, deviceClass);
    }
    return found;
  }

  planOf(pod: PodInfo): PodPlan | undefined {
    return this.#plans.get(pod);
  }

  /** A claim that only this Pod could use, and that was allocated for another node, is allocated anew. */
  makeFree(pod: PodInfo): PostFilterResult {
    const isIdle = ({ status }: Claim): boolean => (status?.reservedFor ?? []).every(({ uid }) => uid === pod.uid);
    const claim = [...(this.planOf(pod)?.unavailable ?? [])].find(isIdle);
    const [stale] = claim ? [] : this.#parts.devices.extendedClaims(pod.uid);
    if (stale) return { message: 'deletion of ResourceClaim completed', act: () => this.#writer.remove(stale) };
    if (!claim) return { message: 'still not schedulable' };
    return { message: 'deallocation of ResourceClaim completed', act: () => this.#writer.deallocate(claim) };
  }

  /** Chooses once more: since the node was looked at others may have been asked, and time may have passed. */
  reserve(pod: PodInfo, node: NodeInfo): Reservation | Rejection | undefined {
    const plan = this.plan(pod);
    if (!(plan instanceof PodPlan)) return plan;
    const found = plan.allocate(node);
    if (!('allocations' in found)) return found;
    const { allocations, extended } = found;
    const { ledger } = this.#parts.devices;
    const decided = new Map(plan.toAllocate.map(({ claim }, i) => [objectKey(claim), allocations[i]]));
    for (const { claim } of plan.toAllocate) ledger.decide({ ...claim, status: { ...claim.status, allocation: decided.get(objectKey(claim)) } });
    const own = { metadata: { namespace: pod.namespace, name: `<extended-resources> ${pod.uid}` }, spec: {} };
    if (extended) ledger.decide({ ...own, status: { allocation: extended.allocation } });
    const bound = new Map<string, Claim>();
    let made: Claim | undefined;
    return {
      prepare: async () => {
        for (const claim of plan.claims) {
          const key = objectKey(claim);
          const written = await this.#writer.bind(claim, pod.pod, decided.get(key));
          ledger.written(written);
          bound.set(key, written);
        }
        if (!extended) return;
        made = await this.#writer.create(extended.claim);
        made = await this.#writer.bind(made, pod.pod, extended.allocation);
        ledger.replace(objectKey(own), made);
        await this.#writer.tell(pod.pod, made, extended.mappings);
      },
      ready: (signal) => this.#whenReady(pod.pod, node, [...bound.values(), ...(made ? [made] : [])], signal),
      release: async () => {
        for (const key of [...decided.keys(), objectKey(own)]) ledger.undo(key);
        for (const claim of bound.values()) await this.#writer.unreserve(claim, pod.pod);
        if (made) await this.#writer.remove(made);
      },
    };
  }

  async #whenReady(pod: corev1.Pod, node: NodeFacts, claims: readonly Claim[], signal: AbortSignal): Promise<void> {
    const keys = claims.filter(hasBindingConditions).map(objectKey);
    if (keys.length === 0) return;
    const { informers, clock, announceWait } = this.#parts;
    announceWait(pod, node.name);
    await whenReady({ claims: informers.of(resourceClaims), clock, keys, signal });
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
    if ((old?.status?.allocation && !claim.status?.allocation) || isExtendedClaimOf(claim, pod.metadata.uid ?? '')) return true;
    if (!claims.some(({ metadata }) => metadata.uid === claim.metadata.uid)) return false;
    return old === undefined || !sameJson(old.status ?? {}, claim.status ?? {});
  }
}
