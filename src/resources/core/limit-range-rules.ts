/** Defaults and validation of LimitRanges. Upstream: pkg/apis/core/v1/defaults.go, pkg/apis/core/validation (ValidateLimitRange) */
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { compareQuantities, isQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { Unique } from '../validation/fields.ts';
import { validateAmount } from '../validation/resource-lists.ts';

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

/** Pairs of which the first may not exceed the second. */
const order = [['min', 'max'], ['min', 'defaultRequest'], ['defaultRequest', 'max'], ['defaultRequest', 'default'], ['default', 'max']] as const;

export function validateLimitRange({ spec }: corev1.LimitRange): FieldError[] {
  const types = new Unique();
  return (spec?.limits ?? []).flatMap((item, i) => {
    const at = FieldPath.of('spec', 'limits').index(i);
    return [...types.check(at.child('type'), item.type), ...validateItem(item, at)];
  });
}

function validateItem(item: corev1.LimitRangeItem, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const) {
    for (const [name, amount] of Object.entries(item[list] ?? {})) errors.push(...validateAmount(name, amount, path.child(list).key(name)));
  }
  if (item.type === 'Pod') {
    for (const list of ['default', 'defaultRequest'] as const) if (Object.keys(item[list] ?? {}).length > 0) errors.push(forbidden(path.child(list), 'may not be specified when `type` is \'Pod\''));
  }
  if (errors.length > 0) return errors;
  for (const [small, large] of order) {
    for (const [name, amount] of Object.entries(item[small] ?? {})) {
      const bound = item[large]?.[name];
      if (bound === undefined || !isQuantity(amount) || !isQuantity(bound) || compareQuantities(amount, bound) <= 0) continue;
      errors.push(invalid(path.child(small).key(name), amount, `${words[small]} value ${amount} is greater than ${words[large]} value ${bound}`));
    }
  }
  return errors;
}

const words = { min: 'min', max: 'max', default: 'default', defaultRequest: 'default request' } as const;
