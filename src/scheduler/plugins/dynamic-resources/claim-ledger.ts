/**
 * The claims as the scheduler sees them: what the informer shows, and before that what the scheduler itself has decided or written.
 * Keeps count of the devices in use. One for all profiles of a scheduler.
 * Upstream: pkg/scheduler/framework/plugins/dynamicresources/dra_manager.go
 */
import { objectKey } from '../../../apimachinery/object.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import type { Informers } from '../../../client/informers.ts';
import { resourceClaims } from '../../../resources/resource/resource-claim.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import type { DevicesInUse } from './allocator.ts';
import { addInto, type Amounts } from './device-capacity.ts';
import { deviceKey } from './device-pools.ts';

interface Entry {
  /** As the informer has it; undefined while it has it not. */
  shown: resourcev1.ResourceClaim | undefined;
  /** As it is by what the scheduler did. */
  ours: resourcev1.ResourceClaim | undefined;
  /** `ours` is decided, and not written. */
  isPending: boolean;
}

interface Share {
  readonly sum: Map<string, bigint>;
  users: number;
}

const revisionOf = ({ metadata }: resourcev1.ResourceClaim): bigint => BigInt(metadata.resourceVersion ?? '0');

export class ClaimLedger implements DevicesInUse {
  readonly #entries = new Map<string, Entry>();
  /** Device → claims that have it alone: one, or more where something went wrong. */
  readonly #taken = new Map<string, number>();
  readonly #shares = new Map<string, Share>();

  constructor(informers: Informers) {
    informers.of(resourceClaims).addHandler({
      added: (claim) => this.#show(claim),
      updated: (claim) => this.#show(claim),
      deleted: (claim) => this.#change(objectKey(claim), undefined),
    });
  }

  /** By 'namespace/name'. */
  get(key: string): resourcev1.ResourceClaim | undefined {
    const entry = this.#entries.get(key);
    return entry?.ours ?? entry?.shown;
  }

  isPending(key: string): boolean {
    return this.#entries.get(key)?.isPending === true;
  }

  isTaken(key: string): boolean {
    return this.#taken.has(key);
  }

  sharesOf(key: string): Amounts | undefined {
    return this.#shares.get(key)?.sum;
  }

  /** A claim is allocated like this, once it is written. */
  decide(claim: resourcev1.ResourceClaim): void {
    const key = objectKey(claim);
    this.#change(key, { shown: this.#entries.get(key)?.shown, ours: claim, isPending: true });
  }

  /** It is written: it counts until the informer has it. */
  written(claim: resourcev1.ResourceClaim): void {
    const key = objectKey(claim);
    const entry = this.#entries.get(key);
    const isShown = entry?.shown !== undefined && revisionOf(entry.shown) >= revisionOf(claim);
    if (entry) this.#change(key, { shown: entry.shown, ours: isShown ? undefined : claim, isPending: false });
  }

  /** What was decided will not be written. */
  undo(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.isPending) this.#change(key, entry.shown && { shown: entry.shown, ours: undefined, isPending: false });
  }

  #show(claim: resourcev1.ResourceClaim): void {
    const key = objectKey(claim);
    const { ours, isPending = false } = this.#entries.get(key) ?? {};
    // An allocation may be shown before the answer to its writing has come.
    const isOld = isPending ? claim.status?.allocation !== undefined : ours !== undefined && revisionOf(claim) >= revisionOf(ours);
    this.#change(key, isOld ? { shown: claim, ours: undefined, isPending: false } : { shown: claim, ours, isPending });
  }

  #change(key: string, entry: Entry | undefined): void {
    const before = this.get(key)?.status?.allocation;
    if (entry) this.#entries.set(key, entry);
    else this.#entries.delete(key);
    const now = this.get(key)?.status?.allocation;
    if (before === now) return;
    this.#count(before, -1);
    this.#count(now, 1);
  }

  #count(allocation: resourcev1.AllocationResult | undefined, sign: 1 | -1): void {
    for (const { driver, pool, device, adminAccess, shareID, consumedCapacity = {} } of allocation?.devices?.results ?? []) {
      if (adminAccess === true) continue;
      const key = deviceKey(driver, pool, device);
      if (shareID === undefined) {
        const owners = (this.#taken.get(key) ?? 0) + sign;
        if (owners > 0) this.#taken.set(key, owners);
        else this.#taken.delete(key);
      } else this.#countShare(key, new Map(Object.entries(consumedCapacity).map(([name, amount]) => [name, parseQuantity(amount).nanos])), sign);
    }
  }

  #countShare(key: string, amounts: Amounts, sign: 1 | -1): void {
    const share = this.#shares.get(key) ?? { sum: new Map<string, bigint>(), users: 0 };
    share.users += sign;
    addInto(share.sum, amounts, sign === 1 ? 1n : -1n);
    if (share.users > 0) this.#shares.set(key, share);
    else this.#shares.delete(key);
  }
}
