/** Defaults and validation of LimitRanges. Upstream: pkg/apis/core/v1/defaults.go, pkg/apis/core/validation (ValidateLimitRange) */
import { duplicate, FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { compareQuantities, isQuantity, quantityMilliValue } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';
import { isOvercommitable, validateContainerResourceName, validateResourceName } from '../validation/resource-lists.ts';

/** For containers, what is not said follows from the rest: max is the default limit, the default limit or min the default request. */
export function defaultLimits({ spec }: Draft<corev1.LimitRange>): void {
  for (const item of spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    item.default = { ...item.max, ...item.default };
    item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
    if (Object.keys(item.default).length === 0) delete item.default;
    if (Object.keys(item.defaultRequest).length === 0) delete item.defaultRequest;
  }
}

export function validateLimitRange({ spec }: corev1.LimitRange): FieldError[] {
  const types = new Set<string>();
  return (spec?.limits ?? []).flatMap((item, i) => {
    const at = FieldPath.of('spec', 'limits').index(i);
    const errors = validateType(item.type ?? '', at.child('type'));
    if (types.has(item.type)) errors.push(duplicate(at.child('type'), item.type));
    types.add(item.type);
    return [...errors, ...validateNames(item, at), ...validateOrder(item, at)];
  });
}

const limitTypes: ReadonlySet<string> = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);

function validateType(type: string, path: FieldPath): FieldError[] {
  if (limitTypes.has(type)) return [];
  const errors = invalidFor(path, type, checkQualifiedName(type));
  return errors.length > 0 || type.includes('/') ? errors : [invalid(path, type, 'must be a standard limit type or fully qualified')];
}

function validateNames(item: corev1.LimitRangeItem, path: FieldPath): FieldError[] {
  const check = item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName;
  const errors: FieldError[] = [];
  for (const list of ['max', 'min', 'default', 'defaultRequest'] as const) {
    const names = Object.keys(item[list] ?? {});
    const ofDefaults = list === 'default' || list === 'defaultRequest';
    if (item.type === 'Pod' && ofDefaults && names.length > 0) errors.push(forbidden(path.child(list), "may not be specified when `type` is 'Pod'"));
    else for (const name of names) errors.push(...check(name, path.child(list).key(name)));
  }
  const neither = item.min?.['storage'] === undefined && item.max?.['storage'] === undefined;
  if (item.type === 'PersistentVolumeClaim' && neither) errors.push(required(path.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
  for (const name of Object.keys(item.maxLimitRequestRatio ?? {})) errors.push(...check(name, path.child('maxLimitRequestRatio').key(name)));
  return errors;
}

type List = 'min' | 'max' | 'default' | 'defaultRequest';
interface Order {
  /** The first may not exceed the second. */
  readonly pair: readonly [List, List];
  /** The field that the error is about, and whose value it shows. */
  readonly about: List;
  readonly shown: List;
  readonly says: readonly [string, string];
}

const orders: readonly Order[] = [
  { pair: ['min', 'max'], about: 'min', shown: 'min', says: ['min value', 'max value'] },
  { pair: ['min', 'defaultRequest'], about: 'defaultRequest', shown: 'defaultRequest', says: ['min value', 'default request value'] },
  { pair: ['defaultRequest', 'max'], about: 'defaultRequest', shown: 'defaultRequest', says: ['default request value', 'max value'] },
  { pair: ['defaultRequest', 'default'], about: 'defaultRequest', shown: 'defaultRequest', says: ['default request value', 'default limit value'] },
  { pair: ['min', 'default'], about: 'default', shown: 'min', says: ['min value', 'default value'] },
  { pair: ['default', 'max'], about: 'default', shown: 'max', says: ['default value', 'max value'] },
];

function validateOrder(item: corev1.LimitRangeItem, path: FieldPath): FieldError[] {
  const names = new Set((['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const).flatMap((list) => Object.keys(item[list] ?? {})));
  return [...names].flatMap((name) => {
    const errors: FieldError[] = [];
    for (const { pair: [small, large], about, shown, says } of orders) {
      const [low, high] = [item[small]?.[name], item[large]?.[name]];
      if (exceeds(low, high)) errors.push(invalid(path.child(about).key(name), item[shown]?.[name], `${says[0]} ${low} is greater than ${says[1]} ${high}`));
    }
    errors.push(...validateRatio(item, name, path.child('maxLimitRequestRatio').key(name)));
    const [limit, request] = [item.default?.[name], item.defaultRequest?.[name]];
    if (!isOvercommitable(name) && (exceeds(limit, request) || exceeds(request, limit))) {
      errors.push(invalid(path.child('defaultRequest').key(name), request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`));
    }
    return errors;
  });
}

/** A limit may be as many times its request as the largest is the least. */
function validateRatio({ maxLimitRequestRatio, min, max }: corev1.LimitRangeItem, name: string, path: FieldPath): FieldError[] {
  const [ratio, least, largest] = [maxLimitRequestRatio?.[name], min?.[name], max?.[name]];
  if (ratio === undefined || !isQuantity(ratio)) return [];
  const errors = compareQuantities(ratio, '1') < 0 ? [invalid(path, ratio, `ratio ${ratio} is less than 1`)] : [];
  if (least === undefined || largest === undefined || !isQuantity(least) || !isQuantity(largest)) return errors;
  const most = quantityMilliValue(largest) / quantityMilliValue(least);
  return quantityMilliValue(ratio) / 1000 > most ? [...errors, invalid(path, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`)] : errors;
}

const exceeds = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && isQuantity(a) && isQuantity(b) && compareQuantities(a, b) > 0;
