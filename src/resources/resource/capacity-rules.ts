/**
 * How much a device has of something, and for devices that are shared, in which amounts it may be asked for.
 * Upstream: pkg/apis/resource/validation/validation.go (validateRequestPolicy)
 */
import { forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { addQuantities, canonicalQuantity, compareQuantities, formatQuantity, isQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { validateSet } from './lists.ts';

const maxValues = 10;

export function validateCapacity({ value, requestPolicy: policy }: resourcev1.DeviceCapacity, use: 'single' | 'shared', path: FieldPath): FieldError[] {
  if (policy === undefined) return [];
  const at = path.child('requestPolicy');
  if (use === 'single') return [forbidden(at, 'allowMultipleAllocations must be true')];
  const { validValues = [], validRange } = policy;
  if (validValues.length > 0 && validRange !== undefined) return [forbidden(at, 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time')];
  const name = validValues.length > 0 ? 'validValues' : validRange === undefined ? undefined : 'validRange';
  if (name === undefined) return [];
  if (policy.default === undefined) return [required(at.child('default'), `required when ${name} is defined`)];
  if (![value, policy.default, ...validValues, validRange?.min ?? '0', validRange?.max ?? '0', validRange?.step ?? '0'].every(isQuantity)) return [];
  return validRange === undefined ? validateValues(validValues, policy.default, value, at.child(name)) : validateRange(validRange, policy.default, value, at.child(name));
}

function validateValues(values: readonly string[], fallback: string, capacity: string, path: FieldPath): FieldError[] {
  const errors = values.flatMap((value, i) => {
    const before = values[i - 1];
    return before !== undefined && compareQuantities(before, value) > 0 ? [invalid(path.index(i), value, 'values must be sorted in ascending order')] : [];
  });
  const check = (value: string, at: FieldPath): FieldError[] => (compareQuantities(value, capacity) > 0 ? [invalid(at, value, `option is larger than capacity value: ${capacity}`)] : []);
  errors.push(...validateSet(values, maxValues, path, { check, keyOf: canonicalQuantity }));
  const isListed = values.some((value) => compareQuantities(value, fallback) === 0);
  return isListed ? errors : [...errors, invalid(path, fallback, 'default value is not valid according to the requestPolicy')];
}

function validateRange({ min, max, step }: resourcev1.CapacityRequestPolicyRange, fallback: string, capacity: string, path: FieldPath): FieldError[] {
  if (min === undefined) return [required(path.child('min'), 'required when validRange is defined')];
  const errors: FieldError[] = [];
  const larger = (a: string, b: string): boolean => compareQuantities(a, b) > 0;
  if (larger(min, capacity)) errors.push(invalid(path.child('min'), min, `min is larger than capacity value: ${capacity}`));
  if (larger(min, fallback)) errors.push(invalid(path.child('default'), fallback, `default is less than min: ${min}`));
  if (max !== undefined) {
    if (larger(min, max)) errors.push(invalid(path.child('max'), min, `min is larger than max: ${max}`));
    if (larger(max, capacity)) errors.push(invalid(path.child('max'), max, `max is larger than capacity value: ${capacity}`));
    if (larger(fallback, max)) errors.push(invalid(path.child('default'), fallback, `default is more than max: ${max}`));
  }
  if (step === undefined) return errors;
  const at = path.child('step');
  if (!larger(step, '0')) return [...errors, invalid(at, step, 'must be greater than zero')];
  const first = formatQuantity(addQuantities(parseQuantity(min), parseQuantity(step)));
  if (larger(first, capacity)) errors.push(invalid(at, step, `one step ${first} is larger than capacity value: ${capacity}`));
  for (const value of max === undefined ? [fallback] : [fallback, max]) {
    const isOff = (parseQuantity(value).nanos - parseQuantity(min).nanos) % parseQuantity(step).nanos !== 0n;
    if (isOff) errors.push(invalid(at, value, `value is not a multiple of a given step (${step}) from (${min})`));
  }
  return errors;
}
