/**
 * Resource names and amounts, as containers, quotas and limit ranges have them.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateContainerResourceName, ValidateResourceRequirements)
 */
import { forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { compareQuantities, isQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from './fields.ts';
import { checkQualifiedName, notNegative } from './names.ts';

export type ResourceList = Readonly<Record<string, string>>;

const containerResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const standardResources: ReadonlySet<string> = new Set([
  ...containerResources, 'storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory',
  'limits.ephemeral-storage', 'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims',
  'services.nodeports', 'services.loadbalancers',
]);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
/** Resources that are not Kubernetes' own: 'example.com/gpu'. */
export const isExtended = (name: string): boolean => name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name) && !name.startsWith('requests.');
/** Whether a node may promise more of it than it has. */
export const isOvercommitable = (name: string): boolean => !name.includes('/') && !isHugePages(name);

/** One name of any resource: standard, or qualified. */
export function validateResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = invalidFor(path, name, checkQualifiedName(name));
  if (errors.length > 0 || name.includes('/')) return errors;
  return standardResources.has(name) || isHugePages(name) ? [] : [invalid(path, name, 'must be a standard resource type or fully qualified')];
}

function validateContainerResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = invalidFor(path, name, checkQualifiedName(name));
  if (errors.length > 0) return errors;
  if (!name.includes('/')) return containerResources.has(name) || isHugePages(name) ? [] : [invalid(path, name, 'must be a standard resource for containers')];
  return isExtended(name) || name.includes('kubernetes.io/') ? [] : [invalid(path, name, "doesn't follow extended resource name standard")];
}

/** An amount: a quantity, not below zero; whole where the resource cannot be divided. */
export function validateAmount(name: string, amount: string, path: FieldPath): FieldError[] {
  if (!isQuantity(amount)) return [invalid(path, amount, 'must be a valid resource quantity')];
  const errors: FieldError[] = [];
  if (compareQuantities(amount, '0') < 0) errors.push(invalid(path, amount, notNegative));
  if ((name.includes('/') || name === 'pods' || name === 'services') && parseQuantity(amount).nanos % 1_000_000_000n !== 0n) errors.push(invalid(path, amount, 'must be an integer'));
  return errors;
}

/** A container's or Pod's requests and limits. Claims are checked against the names of the Pod's resourceClaims. */
export function validateRequirements(resources: corev1.ResourceRequirements | undefined, path: FieldPath, claimNames: ReadonlySet<string> = new Set()): FieldError[] {
  if (resources === undefined) return [];
  const limits = resources.limits ?? {};
  const requests = resources.requests ?? {};
  const errors: FieldError[] = [];
  for (const [name, amount] of Object.entries(limits)) {
    const at = path.child('limits').key(name);
    errors.push(...validateContainerResourceName(name, at), ...validateAmount(name, amount, at));
  }
  for (const [name, amount] of Object.entries(requests)) {
    const at = path.child('requests').key(name);
    errors.push(...validateContainerResourceName(name, at), ...validateAmount(name, amount, at), ...validateAgainstLimit(name, amount, limits[name], path.child('requests')));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => containerResources.has(name))) errors.push(forbidden(path, 'HugePages require cpu or memory'));
  return [...errors, ...validateClaims(resources.claims ?? [], path.child('claims'), claimNames)];
}

function validateAgainstLimit(name: string, request: string, limit: string | undefined, path: FieldPath): FieldError[] {
  if (!isQuantity(request)) return [];
  if (limit === undefined) return isOvercommitable(name) ? [] : [required(path, 'Limit must be set for non overcommitable resources')];
  if (!isQuantity(limit)) return [];
  const order = compareQuantities(request, limit);
  if (order !== 0 && !isOvercommitable(name)) return [invalid(path, request, `must be equal to ${name} limit of ${limit}`)];
  return order > 0 ? [invalid(path, request, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

function validateClaims(claims: readonly corev1.ResourceClaim[], path: FieldPath, known: ReadonlySet<string>): FieldError[] {
  return claims.flatMap(({ name }, i) => {
    const at = path.index(i);
    if (!name) return [required(at.child('name'))];
    return known.has(name) ? [] : [notSupported(at.child('name'), name, [...known])];
  });
}
