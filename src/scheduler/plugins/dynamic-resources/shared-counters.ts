/**
 * Counters that devices of a pool share: a device can be had while of each counter that it uses so much is left.
 * Upstream: k8s.io/dynamic-resource-allocation/structured/internal (checkAvailableCounters)
 */
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import type { DevicePool } from './device-pools.ts';

const counterKey = (set: string, counter: string): string => `${set}/${counter}`;

export class SharedCounters {
  readonly #isInUse: (key: string) => boolean;
  readonly #left = new Map<DevicePool, Map<string, bigint>>();

  /** `isInUse`: whether a device, by its key, is allocated already. */
  constructor(isInUse: (key: string) => boolean) {
    this.#isInUse = isInUse;
  }

  /** Takes what a device uses, unless something of it is not left. */
  take(pool: DevicePool, device: resourcev1.Device): boolean {
    const left = this.#of(pool);
    subtract(left, device, 1n);
    const isEnough = usedBy(device).every(([key]) => (left.get(key) ?? 0n) >= 0n);
    if (!isEnough) subtract(left, device, -1n);
    return isEnough;
  }

  giveBack(pool: DevicePool, device: resourcev1.Device): void {
    subtract(this.#of(pool), device, -1n);
  }

  #of(pool: DevicePool): Map<string, bigint> {
    let left = this.#left.get(pool);
    if (left) return left;
    left = new Map<string, bigint>();
    this.#left.set(pool, left);
    for (const { spec } of pool.slices) {
      for (const { name, counters } of spec.sharedCounters ?? []) for (const [counter, { value }] of Object.entries(counters)) left.set(counterKey(name, counter), parseQuantity(value).nanos);
    }
    for (const { device, key } of pool.devices) if (this.#isInUse(key)) subtract(left, device, 1n);
    return left;
  }
}

const usedBy = ({ consumesCounters = [] }: resourcev1.Device): [key: string, amount: bigint][] =>
  consumesCounters.flatMap(({ counterSet, counters }) => Object.entries(counters).map(([counter, { value }]): [string, bigint] => [counterKey(counterSet, counter), parseQuantity(value).nanos]));

/** Counters that no set has are nobody's. */
function subtract(left: Map<string, bigint>, device: resourcev1.Device, sign: 1n | -1n): void {
  for (const [key, amount] of usedBy(device)) {
    const before = left.get(key);
    if (before !== undefined) left.set(key, before - sign * amount);
  }
}
