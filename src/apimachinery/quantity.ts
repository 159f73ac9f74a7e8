/**
 * Quantities: '100m', '1.5Gi', '2e3'. Objects keep them as sent; they are parsed where they are used. A value is counted in
 * nanounits, exactly; what is finer rounds away from zero, what exceeds 2^63-1 units is cut to that.
 * Upstream: k8s.io/apimachinery/pkg/api/resource
 */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent';

export interface Quantity {
  readonly nanos: bigint;
  /** How the text was written, and how the canonical text will be. */
  readonly format: QuantityFormat;
}

export class QuantityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuantityError';
  }
}

const unit = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * unit;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const form = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*)([-+]?\d*)$/;
const formatComplaint = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const mostRemembered = 1024;
const remembered = new Map<string | number, Quantity>();

/** Reads a quantity; a JSON number is read like its text. Throws QuantityError. */
export function parseQuantity(text: string | number): Quantity {
  const known = remembered.get(text);
  if (known) return known;
  const quantity = readQuantity(text);
  // A cluster's Pods ask for a few different amounts, each of which is read many times.
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(text, quantity);
  return quantity;
}

function readQuantity(text: string | number): Quantity {
  const match = form.exec(String(text));
  if (!match || (match[2] === '' && (match[3] ?? '') === '')) throw new QuantityError(formatComplaint);
  const [, sign, whole = '', fraction = '', letters = '', digits = ''] = match;
  const { power, base, format } = suffixOf(letters, digits);
  // The value is `unscaled` times 10^exponent (times base^power, for binary suffixes).
  const unscaled = BigInt(whole + fraction) * (base === 1024 ? 1024n ** BigInt(power) : 1n);
  const exponent = (base === 10 ? power : 0) + 9 - fraction.length;
  const nanos = exponent >= 0 ? unscaled * 10n ** BigInt(Math.min(exponent, 400)) : divideUp(unscaled, 10n ** BigInt(Math.min(-exponent, 400)));
  const cut = nanos > largest ? largest : nanos;
  return { nanos: sign === '-' ? -cut : cut, format };
}

function suffixOf(letters: string, digits: string): { power: number; base: 10 | 1024; format: QuantityFormat } {
  if (digits !== '') {
    if (!/^[eE]$/.test(letters) || !/\d/.test(digits)) throw new QuantityError("unable to parse quantity's suffix");
    return { power: Number(digits), base: 10, format: 'exponent' };
  }
  const decimal = decimalSuffixes.indexOf(letters);
  if (decimal >= 0) return { power: (decimal - 3) * 3, base: 10, format: 'decimal' };
  const binary = binarySuffixes.indexOf(letters);
  if (binary > 0) return { power: binary, base: 1024, format: 'binary' };
  throw new QuantityError("unable to parse quantity's suffix");
}

/** Division of a value that is not negative, rounding up. */
const divideUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

/** Division away from zero. */
const divideAway = (value: bigint, by: bigint): bigint => (value < 0n ? -divideUp(-value, by) : divideUp(value, by));

export function isQuantity(text: string | number): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

/** The canonical text: no fraction, the largest suffix that fits. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  const isSmall = nanos > -1024n * unit && nanos < 1024n * unit;
  if (format === 'binary' && !isSmall) {
    let value = divideAway(nanos, unit);
    let step = 0;
    while (value % 1024n === 0n && step < binarySuffixes.length - 1) {
      value /= 1024n;
      step++;
    }
    return `${value}${binarySuffixes[step] ?? ''}`;
  }
  let value = nanos;
  let step = 0;
  while (value % 1000n === 0n && step < decimalSuffixes.length - 1) {
    value /= 1000n;
    step++;
  }
  if (format !== 'exponent') return `${value}${decimalSuffixes[step] ?? ''}`;
  return step === 3 ? String(value) : `${value}e${(step - 3) * 3}`;
}

/** '0.5' → '500m'. Throws QuantityError. */
export const canonicalQuantity = (text: string | number): string => formatQuantity(parseQuantity(text));

/** Below zero when a < b. Throws QuantityError. */
export function compareQuantities(a: string | number, b: string | number): number {
  if (a === b) return 0;
  const [left, right] = [parseQuantity(a).nanos, parseQuantity(b).nanos];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sum, in the format of the first that is not zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/** Whole units (bytes, counts), rounded up. Exact up to 2^53. Throws QuantityError. */
export function quantityValue(text: string | number): number {
  if (typeof text === 'number' && Number.isSafeInteger(text)) return text;
  return Number(divideCeil(parseQuantity(text).nanos, unit));
}

/** Thousandths (millicores), rounded up. Throws QuantityError. */
export function quantityMilliValue(text: string | number): number {
  return Number(divideCeil(parseQuantity(text).nanos, unit / 1000n));
}

const divideCeil = (value: bigint, by: bigint): bigint => (value <= 0n ? value / by : divideUp(value, by));

/** The quantity of so many whole units, written in binary form: bytes. */
export const bytesQuantity = (bytes: number): string => formatQuantity({ nanos: BigInt(bytes) * unit, format: 'binary' });
/** The quantity of so many thousandths: millicores. */
export const milliQuantity = (milli: number): string => formatQuantity({ nanos: BigInt(milli) * (unit / 1000n), format: 'decimal' });
