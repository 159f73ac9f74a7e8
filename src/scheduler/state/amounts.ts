/** Resource amounts as numbers, as they are summed and compared a thousand times for each Pod: CPU in millicores, the rest in units. */
import { quantityMilliValue, quantityValue } from '../../apimachinery/quantity.ts';

export interface Amounts {
  cpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Everything else: huge pages, devices. */
  readonly scalars: Map<string, number>;
}

export const noAmounts = (): Amounts => ({ cpu: 0, memory: 0, ephemeralStorage: 0, scalars: new Map() });

const notScalars: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);

export function amountsOf(list: Readonly<Record<string, string | number>>): Amounts {
  const amounts: Amounts = {
    cpu: list['cpu'] === undefined ? 0 : quantityMilliValue(list['cpu']),
    memory: list['memory'] === undefined ? 0 : quantityValue(list['memory']),
    ephemeralStorage: list['ephemeral-storage'] === undefined ? 0 : quantityValue(list['ephemeral-storage']),
    scalars: new Map(),
  };
  for (const [name, amount] of Object.entries(list)) if (!notScalars.has(name)) amounts.scalars.set(name, quantityValue(amount));
  return amounts;
}

/** Adds `change` to `total` in place, or takes it away when `sign` is -1. */
export function addAmounts(total: Amounts, change: Amounts, sign: 1 | -1): void {
  total.cpu += sign * change.cpu;
  total.memory += sign * change.memory;
  total.ephemeralStorage += sign * change.ephemeralStorage;
  for (const [name, amount] of change.scalars) total.scalars.set(name, (total.scalars.get(name) ?? 0) + sign * amount);
}

export const copyAmounts = (amounts: Amounts): Amounts => ({ ...amounts, scalars: new Map(amounts.scalars) });

/** One resource of a list by its API name. */
export function amountOf(amounts: Amounts, resource: string): number {
  if (resource === 'cpu') return amounts.cpu;
  if (resource === 'memory') return amounts.memory;
  if (resource === 'ephemeral-storage') return amounts.ephemeralStorage;
  return amounts.scalars.get(resource) ?? 0;
}
