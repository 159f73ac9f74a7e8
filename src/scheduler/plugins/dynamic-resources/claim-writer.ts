/** Writes what was decided of a Pod's claims. Upstream: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go (bindClaim) */
import { timestamp, type Clock } from '../../../base/clock.ts';
import { isConflict } from '../../../apimachinery/status-error.ts';
import type { ApiClient } from '../../../client/client.ts';
import { claimFinalizer, isReservedFor, podAsUser } from '../../../resources/core/pod-resource-claims.ts';
import { resourceClaims } from '../../../resources/resource/resource-claim.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { nameOfClaim } from './device-request.ts';

type Claim = resourcev1.ResourceClaim;

const mostTries = 5;

export class ClaimWriter {
  readonly #client: ApiClient;
  readonly #clock: Clock;

  constructor(client: ApiClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Reserves a claim for a Pod, and allocates it where there is an allocation. Others may write meanwhile, as long as they do not allocate it. */
  async bind(claim: Claim, pod: corev1.Pod, allocation: resourcev1.AllocationResult | undefined): Promise<Claim> {
    const claims = this.#client.of(resourceClaims).namespace(claim.metadata.namespace);
    for (let tried = 1, current = claim; ; tried++) {
      try {
        return await this.#tryToBind(current, pod, allocation);
      } catch (error) {
        if (!isConflict(error) || tried >= mostTries) throw error;
        current = await claims.get(claim.metadata.name ?? '');
        if (current.metadata.uid !== claim.metadata.uid) throw error;
      }
    }
  }

  async #tryToBind(claim: Claim, pod: corev1.Pod, allocation: resourcev1.AllocationResult | undefined): Promise<Claim> {
    const claims = this.#client.of(resourceClaims).namespace(claim.metadata.namespace);
    if (claim.metadata.deletionTimestamp !== undefined) throw new Error(`claim ${nameOfClaim(claim)} got deleted in the meantime`);
    if (allocation && claim.status?.allocation) throw new Error(`claim ${nameOfClaim(claim)} got allocated elsewhere in the meantime`);
    if (isReservedFor(claim, pod)) return claim;
    const { finalizers = [] } = claim.metadata;
    const needsFinalizer = allocation !== undefined && !finalizers.includes(claimFinalizer);
    const kept = needsFinalizer ? await claims.update({ ...claim, metadata: { ...claim.metadata, finalizers: [...finalizers, claimFinalizer] } }) : claim;
    const { status = {} } = kept;
    const allocated = allocation ? { ...status, allocation: { ...allocation, allocationTimestamp: timestamp(this.#clock.now()) } } : status;
    return claims.updateStatus({ ...kept, status: { ...allocated, reservedFor: [...(status.reservedFor ?? []), podAsUser(pod)] } });
  }

  /** The Pod does not use the claim after all. */
  async unreserve({ metadata: { namespace, name = '', uid } }: Claim, pod: corev1.Pod): Promise<void> {
    const patch = { metadata: { uid }, status: { reservedFor: [{ $patch: 'delete', uid: pod.metadata.uid }] } };
    await this.#client.of(resourceClaims).namespace(namespace).patch(name, 'strategic', patch, { subresource: 'status' });
  }

  /** Takes devices away from a claim that nobody uses. */
  async deallocate(claim: Claim): Promise<void> {
    const { reservedFor: _users, allocation: _allocation, devices: _devices, ...others } = claim.status ?? {};
    await this.#client.of(resourceClaims).namespace(claim.metadata.namespace).updateStatus({ ...claim, status: others });
  }
}
