/**
 * Finds devices for claims on a node: claim after claim, request after request, device after device, going back where it does not work
 * out. The first solution is taken. The search is given up after so many steps: it would hold up everything else.
 * Upstream: k8s.io/dynamic-resource-allocation/structured
 */
import type { NodeFacts } from '../../../resources/core/node-selector.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { allocationResult, type ChosenDevice } from './allocation-result.ts';
import { constraintFrom, type Constraint } from './constraints.ts';
import { addInto, hasRoom, takenAmounts, type Amounts } from './device-capacity.ts';
import type { DevicePools, OfferedDevice, ReachablePool } from './device-pools.ts';
import { mostDevices, nameOfClaim, type ClaimRequests, type DeviceRequest } from './device-request.ts';
import type { DeviceSelectors } from './device-selectors.ts';
import { isKeptAway } from './device-taints.ts';
import { SharedCounters } from './shared-counters.ts';

/** What is allocated already, by devices' keys. */
export interface DevicesInUse {
  /** To one claim alone. */
  isTaken(key: string): boolean;
  /** What all shares of a device take together; undefined when it has none. */
  sharesOf(key: string): Amounts | undefined;
}

export interface AllocatorParts {
  readonly pools: DevicePools;
  readonly inUse: DevicesInUse;
  readonly selectors: DeviceSelectors;
  /** A uid for a share of a device. */
  readonly newShareId: () => string;
}

/** This node cannot serve the claims, and why; others may. */
export class NodeProblem extends Error {}

const mostSteps = 100_000;

/** An allocation for each claim, in their order; undefined where they cannot all be had. Throws NodeProblem, or an Error when a claim or a class is wrong. */
export function allocateOn(node: NodeFacts, claims: readonly ClaimRequests[], parts: AllocatorParts): resourcev1.AllocationResult[] | undefined {
  const search = new DeviceSearch(claims, parts, parts.pools.reachableFrom(node));
  const chosen = search.run();
  return chosen && claims.map(({ claim, requests }, i) => allocationResult(claim, requests, chosen[i] ?? [], node.name));
}

class DeviceSearch {
  readonly #claims: readonly ClaimRequests[];
  readonly #parts: AllocatorParts;
  readonly #reachable: readonly ReachablePool[];
  readonly #usable: readonly OfferedDevice[];
  readonly #constraints: readonly (readonly Constraint[])[];
  readonly #counters: SharedCounters;
  /** By claim. */
  readonly #chosen: ChosenDevice[][];
  /** The claims (by index) that have a device, by its key. */
  readonly #owners = new Map<string, Set<number>>();
  readonly #shares = new Map<string, Map<string, bigint>>();
  #steps = 0;

  constructor(claims: readonly ClaimRequests[], parts: AllocatorParts, reachable: readonly ReachablePool[]) {
    this.#claims = claims;
    this.#parts = parts;
    this.#reachable = reachable;
    this.#usable = reachable.flatMap(({ pool, devices }) => (pool.isComplete && !pool.isInvalid ? devices : []));
    this.#constraints = claims.map(({ claim }) => (claim.spec.devices?.constraints ?? []).map(constraintFrom));
    this.#counters = new SharedCounters((key) => parts.inUse.isTaken(key) || parts.inUse.sharesOf(key) !== undefined);
    this.#chosen = claims.map(() => []);
  }

  run(): readonly (readonly ChosenDevice[])[] | undefined {
    if (this.#claim(0)) return this.#chosen;
    if (this.#reachable.some(({ pool }) => pool.isInvalid)) throw new NodeProblem('invalid resource pools were encountered');
    return undefined;
  }

  #claim(claim: number): boolean {
    return claim >= this.#claims.length || this.#request(claim, 0);
  }

  #request(claim: number, request: number): boolean {
    const alternatives = this.#claims[claim]?.requests[request];
    if (!alternatives) return this.#claim(claim + 1);
    return alternatives.some((wanted) => {
      const go = (): boolean => this.#request(claim, request + 1);
      if (wanted.spec.allocationMode === 'All') return this.#all(claim, wanted, go);
      return this.#some(claim, wanted, wanted.spec.count ?? 1, 0, go);
    });
  }

  /** All devices that the request selects, or nothing. */
  #all(claim: number, wanted: DeviceRequest, next: () => boolean): boolean {
    const said = `claim ${this.#nameOf(claim)}, request ${wanted.name}: asks for all devices, but resource pool`;
    for (const { pool } of this.#reachable) {
      if (!pool.isComplete) throw new NodeProblem(`${said} ${pool.name} is currently being updated`);
      if (pool.isInvalid) throw new NodeProblem(`${said} ${pool.name} is currently invalid`);
    }
    const devices = this.#usable.filter((offered) => this.#isSelected(claim, wanted, offered) && takenAmounts(offered.device, wanted.spec.capacity) !== undefined);
    if (devices.length === 0 || this.#chosenFor(claim).length + devices.length > mostDevices) return false;
    const undos: (() => void)[] = [];
    const isDone = devices.every((offered) => {
      const undo = this.#take(claim, wanted, offered, true);
      if (undo) undos.push(undo);
      return undo !== undefined;
    });
    if (isDone && next()) return true;
    for (const undo of undos.reverse()) undo();
    return false;
  }

  /** So many devices, looked for in order: which of them comes first does not matter within a request. */
  #some(claim: number, wanted: DeviceRequest, left: number, from: number, next: () => boolean): boolean {
    if (left === 0) return next();
    if (this.#chosenFor(claim).length + left > mostDevices) return false;
    for (let i = from; i + left <= this.#usable.length; i++) {
      const offered = this.#usable[i];
      if (!offered || !this.#isFree(claim, wanted, offered) || !this.#isSelected(claim, wanted, offered)) continue;
      if (++this.#steps > mostSteps) throw new NodeProblem('timed out trying to allocate devices');
      const undo = this.#take(claim, wanted, offered, false);
      if (!undo) continue;
      if (this.#some(claim, wanted, left - 1, i + 1, next)) return true;
      undo();
    }
    return false;
  }

  #chosenFor(claim: number): ChosenDevice[] {
    return this.#chosen[claim] ?? [];
  }

  #nameOf(claim: number): string {
    const found = this.#claims[claim]?.claim;
    return found ? nameOfClaim(found) : '';
  }

  /** Who has admin access may have what others have, but once for each claim. */
  #isFree(claim: number, { adminAccess }: DeviceRequest, { device, key }: OfferedDevice): boolean {
    if (adminAccess) return device.allowMultipleAllocations === true || this.#owners.get(key)?.has(claim) !== true;
    return !this.#parts.inUse.isTaken(key) && (this.#owners.get(key)?.size ?? 0) === 0;
  }

  #isSelected(claim: number, { deviceClass, spec }: DeviceRequest, { device, driver, key }: OfferedDevice): boolean {
    const { selectors } = this.#parts;
    return selectors.allMatch(`class ${deviceClass.metadata.name ?? ''}`, deviceClass.spec.selectors ?? [], device, { driver, key }) && selectors.allMatch(`claim ${this.#nameOf(claim)}`, spec.selectors ?? [], device, { driver, key });
  }

  /** Takes a device that is selected, if it can be had. Gives what takes it back. */
  #take(claim: number, wanted: DeviceRequest, offered: OfferedDevice, must: boolean): (() => void) | undefined {
    const { device, key, pool } = offered;
    const isShared = device.allowMultipleAllocations === true;
    const amounts = takenAmounts(device, wanted.spec.capacity);
    if (amounts === undefined || !this.#isFree(claim, wanted, offered) || isKeptAway(device, wanted.spec.tolerations)) return undefined;
    const [before, beside] = [this.#parts.inUse.sharesOf(key), this.#shares.get(key)];
    if (isShared && !hasRoom(device, amounts, before, beside)) return undefined;
    // The first share takes the counters for all.
    const takesCounters = (device.consumesCounters ?? []).length > 0 && !(isShared && (before !== undefined || beside !== undefined));
    if (takesCounters && !this.#counters.take(pool, device)) return undefined;
    const giveBack = (): void => {
      if (takesCounters) this.#counters.giveBack(pool, device);
    };
    if (!this.#constrain(claim, wanted, offered)) {
      giveBack();
      if (must) throw new Error(`claim ${this.#nameOf(claim)}, request ${wanted.name}: cannot add device ${key} because a claim constraint would not be satisfied`);
      return undefined;
    }
    this.#chosenFor(claim).push({ wanted, offered, ...(isShared ? { amounts, shareId: this.#parts.newShareId() } : {}) });
    const release = isShared ? this.#share(key, amounts) : this.#own(key, claim);
    return () => {
      release();
      this.#chosenFor(claim).pop();
      for (const constraint of this.#constraints[claim] ?? []) constraint.remove(wanted.name, offered);
      giveBack();
    };
  }

  #constrain(claim: number, wanted: DeviceRequest, offered: OfferedDevice): boolean {
    const constraints = this.#constraints[claim] ?? [];
    const failed = constraints.findIndex((constraint) => !constraint.add(wanted.name, offered));
    if (failed < 0) return true;
    for (const constraint of constraints.slice(0, failed)) constraint.remove(wanted.name, offered);
    return false;
  }

  #own(key: string, claim: number): () => void {
    const owners = this.#owners.get(key) ?? new Set<number>();
    this.#owners.set(key, owners.add(claim));
    return () => owners.delete(claim);
  }

  #share(key: string, amounts: Amounts): () => void {
    const before = this.#shares.get(key);
    const sum = new Map(before);
    addInto(sum, amounts);
    this.#shares.set(key, sum);
    return () => {
      if (before) this.#shares.set(key, before);
      else this.#shares.delete(key);
    };
  }
}
