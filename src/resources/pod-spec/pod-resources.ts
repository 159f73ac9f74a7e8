/**
 * Validation of requests and limits of a Pod as a whole, against those of its containers.
 * Upstream: pkg/apis/core/validation/validation.go (validatePodResources)
 */
import { forbidden, invalid, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { addQuantities, compareQuantities, formatQuantity, isQuantity, parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { validateRequirements } from '../validation/resource-lists.ts';

export function validatePodResources(spec: corev1.PodSpec, resources: corev1.ResourceRequirements, path: FieldPath): FieldError[] {
  const errors = resources.claims === undefined ? [] : [forbidden(path.child('claims'), 'claims cannot be set for Resources at pod-level')];
  errors.push(...validateRequirements({ requests: resources.requests, limits: resources.limits }, path, { ofPod: true }));
  for (const [name, asked] of Object.entries(sumOfRequests(spec.containers ?? []))) {
    const own = resources.requests?.[name] ?? '0';
    if (isQuantity(own) && parseQuantity(own).nanos < asked.nanos) errors.push(invalid(path.child('requests').key(name), own, `must be greater than or equal to aggregate container requests of ${formatQuantity(asked)}`));
  }
  (spec.containers ?? []).forEach((container, i) => {
    for (const [name, limit] of Object.entries(container.resources?.limits ?? {})) {
      const whole = resources.limits?.[name];
      const above = whole !== undefined && isQuantity(whole) && isQuantity(limit) && compareQuantities(limit, whole) > 0;
      if (above) errors.push(invalid(path.child('containers').index(i).key(name).child('limits'), limit, `must be less than or equal to pod limits of ${whole}`));
    }
  });
  return errors;
}

function sumOfRequests(containers: readonly corev1.Container[]): Record<string, Quantity> {
  const sums: Record<string, Quantity> = {};
  for (const { resources } of containers) {
    for (const [name, amount] of Object.entries(resources?.requests ?? {})) {
      if (!isQuantity(amount)) continue;
      const sum = sums[name];
      sums[name] = sum === undefined ? parseQuantity(amount) : addQuantities(sum, parseQuantity(amount));
    }
  }
  return sums;
}
