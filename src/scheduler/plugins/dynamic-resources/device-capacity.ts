/**
 * What a request takes of a device's capacity. A device that may be allocated more than once is shared: each share takes so much of every
 * capacity, and there is room until one of them is spent. Of other devices the request only says how much they must have.
 * Amounts are nanounits, by the capacity's name.
 * Upstream: k8s.io/dynamic-resource-allocation/structured/internal (consumable_capacity)
 */
import { formatQuantity, parseQuantity } from '../../../apimachinery/quantity.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';

export type Amounts = ReadonlyMap<string, bigint>;

const nanos = (quantity: string): bigint => parseQuantity(quantity).nanos;

/** Undefined: the device has not what is asked for, or not in such amounts. */
export function takenAmounts({ capacity = {} }: resourcev1.Device, requirements: resourcev1.CapacityRequirements | undefined): Amounts | undefined {
  const requests = requirements?.requests ?? {};
  if (Object.keys(requests).some((name) => capacity[name] === undefined)) return undefined;
  const taken = new Map<string, bigint>();
  for (const [name, { value, requestPolicy }] of Object.entries(capacity)) {
    const amount = amountFor(requests[name], value, requestPolicy);
    if (amount > nanos(value) || !isAllowed(amount, requestPolicy)) return undefined;
    taken.set(name, amount);
  }
  return taken;
}

/** Without a wish: the policy's default, or everything. A wish is rounded up to what the policy allows. */
function amountFor(wish: string | undefined, all: string, policy: resourcev1.CapacityRequestPolicy | undefined): bigint {
  if (wish === undefined) return nanos(policy?.default ?? all);
  const wanted = nanos(wish);
  const { validRange, validValues } = policy ?? {};
  if (validRange !== undefined) {
    const min = nanos(validRange.min);
    if (wanted <= min) return min;
    if (validRange.step === undefined) return wanted;
    const step = nanos(validRange.step);
    return min + ((wanted - min + step - 1n) / step) * step;
  }
  return validValues?.map(nanos).find((valid) => valid >= wanted) ?? wanted;
}

function isAllowed(amount: bigint, policy: resourcev1.CapacityRequestPolicy | undefined): boolean {
  if (policy === undefined || (policy.default !== undefined && amount === nanos(policy.default))) return true;
  const { validRange, validValues = [] } = policy;
  if (validRange !== undefined) return validRange.max === undefined || amount <= nanos(validRange.max);
  return validValues.length === 0 || validValues.some((valid) => nanos(valid) === amount);
}

/** Whether a share still has room beside what others took. */
export const hasRoom = ({ capacity = {} }: resourcev1.Device, taken: Amounts, ...others: readonly (Amounts | undefined)[]): boolean =>
  Object.entries(capacity).every(([name, { value }]) => others.reduce((sum, amounts) => sum + (amounts?.get(name) ?? 0n), taken.get(name) ?? 0n) <= nanos(value));

/** As an allocation says it, in the way the device's capacities are written. */
export const writtenAmounts = ({ capacity = {} }: resourcev1.Device, amounts: Amounts): Record<string, string> =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity({ nanos: amount, format: parseQuantity(capacity[name]?.value ?? '0').format })]));

export function addInto(sum: Map<string, bigint>, amounts: Amounts, sign: 1n | -1n = 1n): void {
  for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0n) + sign * amount);
}
