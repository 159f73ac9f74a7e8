/** Quantities as numbers, for the kernel's limits. */
const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};
const form = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** The quantity's value; 0 where absent. Throws where it is no quantity. */
export function amount(quantity: string | undefined): number {
  if (quantity === undefined) return 0;
  const match = form.exec(quantity);
  if (!match) throw new Error(`not a quantity: ${quantity}`);
  return Number(`${match[1]}${match[2] ?? ''}`) * (suffixes[match[3] ?? ''] ?? 1);
}

/** Thousandths, rounded up. */
export const millis = (quantity: string | undefined): number => Math.ceil(Number((amount(quantity) * 1000).toFixed(6)));
/** Whole units, rounded up. */
export const wholes = (quantity: string | undefined): number => Math.ceil(Number(amount(quantity).toFixed(6)));
