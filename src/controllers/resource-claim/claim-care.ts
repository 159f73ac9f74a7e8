/** What becomes of a claim when its users go. */
import { controllerOf, splitKey, type OwnerReference } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { claimFinalizer, isDoneWithClaims } from '../../resources/core/pod-resource-claims.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { hasFinalizer, setFinalizer } from '../runtime/finalizers.ts';
import { writeStatus } from '../runtime/write-status.ts';

export interface ClaimCareParts {
  readonly client: ApiClient;
  readonly claims: Informer<resourcev1.ResourceClaim>;
  readonly pods: Informer<corev1.Pod>;
}

export class ClaimCare {
  readonly #parts: ClaimCareParts;

  constructor(parts: ClaimCareParts) {
    this.#parts = parts;
  }

  async reconcile(key: string): Promise<void> {
    const claim = this.#parts.claims.get(key);
    if (!claim) return;
    const { namespace = '' } = splitKey(key);
    const users = claim.status?.reservedFor ?? [];
    const present: resourcev1.ResourceClaimConsumerReference[] = [];
    for (const user of users) if (await this.#stillUses(namespace, user)) present.push(user);
    const wasLeft = present.length < users.length;
    const ends = present.length === 0 && (wasLeft || claim.metadata.deletionTimestamp !== undefined);
    if (wasLeft || (ends && hasFinalizer(claim, claimFinalizer))) await this.#write(claim, present, ends);
    if (present.length === 0) await this.#deleteUnneeded(claim);
  }

  /** A Pod that neither the informer nor the API knows is gone; the informer alone may be behind. */
  async #stillUses(namespace: string, { apiGroup = '', resource, name, uid }: resourcev1.ResourceClaimConsumerReference): Promise<boolean> {
    if (apiGroup !== '' || resource !== 'pods') throw new Error(`unsupported ReservedFor entry: ${apiGroup}/${resource} ${name}`);
    const pod = this.#parts.pods.get(`${namespace}/${name}`) ?? (await this.#read(namespace, name));
    return pod !== undefined && pod.metadata.uid === uid && !isDoneWithClaims(pod);
  }

  async #read(namespace: string, name: string): Promise<corev1.Pod | undefined> {
    try {
      return await this.#parts.client.of(pods).namespace(namespace).get(name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** `ends`: nobody uses the claim now, so that what the scheduler allocated goes, and with it what keeps the claim. */
  async #write(claim: resourcev1.ResourceClaim, users: readonly resourcev1.ResourceClaimConsumerReference[], ends: boolean): Promise<void> {
    const { client } = this.#parts;
    const isOurs = hasFinalizer(claim, claimFinalizer);
    const { reservedFor: _users, allocation, devices, ...others } = claim.status ?? {};
    const kept = ends && isOurs ? others : { ...others, ...(allocation ? { allocation } : {}), ...(devices ? { devices } : {}) };
    const written = await writeStatus(client, resourceClaims, claim, users.length > 0 ? { ...kept, reservedFor: users } : kept);
    if (ends && isOurs) await setFinalizer(client, resourceClaims, written, claimFinalizer, false);
  }

  /** The garbage collector takes claims with their Pods; those of Pods that stay when they are done go here. */
  async #deleteUnneeded(claim: resourcev1.ResourceClaim): Promise<void> {
    const { namespace = '', name = '', uid, deletionTimestamp } = claim.metadata;
    const owner = podOwner(claim);
    if (owner === undefined || deletionTimestamp !== undefined) return;
    const pod = this.#parts.pods.get(`${namespace}/${owner.name}`);
    if (!pod || (pod.metadata.uid === owner.uid && !isDoneWithClaims(pod))) return;
    try {
      await this.#parts.client.of(resourceClaims).namespace(namespace).delete(name, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function podOwner(claim: resourcev1.ResourceClaim): OwnerReference | undefined {
  const owner = controllerOf(claim);
  return owner?.kind === 'Pod' && owner.apiVersion === 'v1' ? owner : undefined;
}
