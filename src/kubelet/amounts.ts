/** Quantities as numbers, for the kernel's limits; what is absent counts as nothing. Throws QuantityError. */
import { parseQuantity, quantityMilliValue, quantityValue } from '../apimachinery/quantity.ts';

/** The exact value, as near as a number holds it. */
export const amount = (quantity: string | undefined): number => (quantity === undefined ? 0 : Number(parseQuantity(quantity).nanos) / 1e9);
/** Thousandths, rounded up. */
export const millis = (quantity: string | undefined): number => (quantity === undefined ? 0 : quantityMilliValue(quantity));
/** Whole units, rounded up. */
export const wholes = (quantity: string | undefined): number => (quantity === undefined ? 0 : quantityValue(quantity));
