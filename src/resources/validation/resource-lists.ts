/**
 * Resource names and amounts, as containers, quotas and limit ranges have them.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateContainerResourceName, ValidateResourceRequirements)
 */
import { duplicate, forbidden, invalid, notFound, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { compareQuantities, isQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from './fields.ts';
import { checkDnsLabel, checkQualifiedName, notNegative } from './names.ts';

export type ResourceList = Readonly<Record<string, string>>;

const containerResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** What a quota may count besides qualified names. */
const quotaResources: ReadonlySet<string> = new Set([
  'cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage',
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps', 'services.nodeports', 'services.loadbalancers',
]);
const standardResources: ReadonlySet<string> = new Set([...quotaResources, 'storage']);
/** Things, of which there are no halves. */
const countedResources: ReadonlySet<string> = new Set([
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers',
]);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
/** Resources that are not Kubernetes' own: 'example.com/gpu'. */
export const isExtended = (name: string): boolean => name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name) && !name.startsWith('requests.');
/** Whether a node may promise more of it than it has. */
export const isOvercommitable = (name: string): boolean => !name.includes('/') && !isHugePages(name);

const isStandard = (name: string): boolean => standardResources.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');

/** One name of any resource: standard, or qualified. */
export function validateResourceName(name: string, path: FieldPath): FieldError[] {
  if (isStandard(name)) return [];
  const errors = invalidFor(path, name, checkQualifiedName(name));
  return errors.length > 0 || name.includes('/') ? errors : [invalid(path, name, 'must be a standard resource type or fully qualified')];
}

/** A name that a quota can count: 'count/jobs.batch' too. */
export function validateQuotaResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = validateResourceName(name, path);
  const counted = name.includes('/') || quotaResources.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');
  return counted ? errors : [...errors, invalid(path, name, 'must be a standard resource for quota')];
}

export function validateContainerResourceName(name: string, path: FieldPath): FieldError[] {
  if (containerResources.has(name) || isHugePages(name)) return [];
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) return [...errors, invalid(path, name, 'must be a standard resource for containers')];
  return isExtended(name) || name.includes('kubernetes.io/') ? errors : [...errors, invalid(path, name, "doesn't follow extended resource name standard")];
}

/** Resources that a Pod as a whole can ask for. */
function validatePodResourceName(name: string, path: FieldPath): FieldError[] {
  if (name === 'cpu' || name === 'memory' || isHugePages(name)) return [];
  const errors = validateResourceName(name, path);
  return errors.length > 0 ? errors : [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])];
}

/** An amount: a quantity, not below zero; whole where the resource cannot be divided. */
export function validateAmount(name: string, amount: string, path: FieldPath): FieldError[] {
  if (!isQuantity(amount)) return [invalid(path, amount, 'must be a valid resource quantity')];
  const { nanos } = parseQuantity(amount);
  const errors: FieldError[] = [];
  if (nanos < 0n) errors.push(invalid(path, amount, notNegative));
  if ((countedResources.has(name) || isExtended(name)) && nanos % wholeUnit !== 0n) errors.push(invalid(path, amount, 'must be an integer'));
  return errors;
}

const wholeUnit = 1_000_000_000n;

/** Pages come in one size: half of one is not to be had. */
function validatePages(name: string, amount: string, path: FieldPath): FieldError[] {
  const size = name.slice('hugepages-'.length);
  if (!isHugePages(name) || !isQuantity(size) || !isQuantity(amount)) return [];
  const page = parseQuantity(size).nanos;
  const { nanos } = parseQuantity(amount);
  return page > 0n && nanos >= 0n && nanos % page === 0n ? [] : [invalid(path, amount, `${amount} is not positive integer multiple of ${name}`)];
}

export interface RequirementRules {
  /** The names of the Pod's resourceClaims. */
  readonly claimNames?: ReadonlySet<string>;
  /** The requirements are those of a Pod as a whole. */
  readonly ofPod?: boolean;
}

/** A container's or Pod's requests and limits. */
export function validateRequirements(resources: corev1.ResourceRequirements, path: FieldPath, { claimNames, ofPod = false }: RequirementRules = {}): FieldError[] {
  const { limits, requests, claims } = resources;
  const checkName = ofPod ? validatePodResourceName : validateContainerResourceName;
  const errors: FieldError[] = [];
  let computes = false;
  let pages = false;
  const validateEntry = (name: string, amount: string, at: FieldPath): void => {
    errors.push(...checkName(name, at), ...validateAmount(name, amount, at), ...validatePages(name, amount, at));
    computes ||= name === 'cpu' || name === 'memory';
    pages ||= isHugePages(name);
  };
  for (const name in limits) validateEntry(name, limits[name] ?? '', path.child('limits').key(name));
  for (const name in requests) {
    const amount = requests[name] ?? '';
    validateEntry(name, amount, path.child('requests').key(name));
    errors.push(...validateAgainstLimit(name, amount, limits?.[name], path));
  }
  if (pages && !computes) errors.push(forbidden(path, 'HugePages require cpu or memory'));
  if (claims !== undefined) errors.push(...validateClaims(claims, path.child('claims'), claimNames ?? new Set()));
  return errors;
}

function validateAgainstLimit(name: string, request: string, limit: string | undefined, path: FieldPath): FieldError[] {
  if (limit === undefined) return isOvercommitable(name) ? [] : [required(path.child('limits'), 'Limit must be set for non overcommitable resources')];
  if (!isQuantity(request) || !isQuantity(limit)) return [];
  const order = compareQuantities(request, limit);
  if (order !== 0 && !isOvercommitable(name)) return [invalid(path.child('requests'), request, `must be equal to ${name} limit of ${limit}`)];
  return order > 0 ? [invalid(path.child('requests'), request, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

function validateClaims(claims: readonly corev1.ResourceClaim[], path: FieldPath, known: ReadonlySet<string>): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap(({ name, request }, i) => {
    const at = path.index(i);
    if (!name) return [required(at)];
    const errors: FieldError[] = [];
    const key = request ? `${name}/${request}` : name;
    if (request) errors.push(...invalidFor(at.child('request'), request, checkDnsLabel(request)));
    // The whole claim includes each of its requests.
    const overlaps = !request && [...seen].some((other) => other.startsWith(`${name}/`));
    if (seen.has(name) || overlaps) errors.push(duplicate(at, name));
    else if (seen.has(key)) errors.push(duplicate(at, key));
    seen.add(key);
    if (!known.has(name)) errors.push(notFound(at, name, `must be one of the names in pod.spec.resourceClaims${known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`}`));
    return errors;
  });
}
