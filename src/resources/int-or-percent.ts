/** Numbers that may be given as a share: 2 or '25%'. Upstream: k8s.io/apimachinery/pkg/util/intstr */
import { invalid, type FieldError, type FieldPath } from '../apimachinery/field-error.ts';
import { isPercent, notNegative } from './validation/names.ts';

export type IntOrPercent = number | string;

/** The number meant, of a total. A share is rounded up or down; a text that is no share counts as 0. */
export function scaledValue(value: IntOrPercent | undefined, total: number, round: 'up' | 'down'): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  if (!isPercent(value)) return 0;
  const exact = (Number.parseInt(value, 10) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

export function validateIntOrPercent(value: IntOrPercent | undefined, path: FieldPath): FieldError[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return isPercent(value) ? [] : [invalid(path, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  return value >= 0 ? [] : [invalid(path, value, notNegative)];
}

export function validateAtMostWhole(value: IntOrPercent | undefined, path: FieldPath): FieldError[] {
  return typeof value === 'string' && isPercent(value) && Number.parseInt(value, 10) > 100 ? [invalid(path, value, 'must not be greater than 100%')] : [];
}

/** 0 or '0%' */
export const isZero = (value: IntOrPercent | undefined): boolean => value === undefined || value === 0 || (typeof value === 'string' && Number.parseInt(value, 10) === 0);
