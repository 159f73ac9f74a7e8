/**
 * References to the Pod's own fields and resources (the downward API).
 * Upstream: pkg/apis/core/validation/validation.go (validateObjectFieldSelector, validateContainerResourceFieldSelector),
 * pkg/apis/core/pods/helpers.go (ConvertDownwardAPIFieldLabel)
 */
import { invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { compareQuantities, canonicalQuantity, isQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

/** Every field that has a name in the downward API; a place may support fewer. */
const knownFields: ReadonlySet<string> = new Set([
  'metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName',
  'spec.schedulerName', 'status.phase', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs', 'spec.host',
]);
const subscripted = /^(.*)\['(.*)'\]$/;

export function validateFieldRef(ref: corev1.ObjectFieldSelector, path: FieldPath, supported: readonly string[]): FieldError[] {
  const field = ref.fieldPath;
  if (!ref.apiVersion) return [required(path.child('apiVersion'))];
  if (!field) return [required(path.child('fieldPath'))];
  if (ref.apiVersion !== 'v1') return [cannotConvert(field, `unsupported pod version: ${ref.apiVersion}`, path)];
  const [, base, key = ''] = field.endsWith("']") ? (subscripted.exec(field) ?? []) : [];
  if (base === undefined) {
    if (!knownFields.has(field)) return [cannotConvert(field, `field label not supported: ${field}`, path)];
    return supported.includes(field) ? [] : [notSupported(path.child('fieldPath'), field, supported)];
  }
  if (base === 'metadata.annotations') return invalidFor(path, key.toLowerCase(), checkQualifiedName(key.toLowerCase()));
  if (base === 'metadata.labels') return invalidFor(path, key, checkQualifiedName(key));
  return [cannotConvert(field, `field label does not support subscript: ${field}`, path)];
}

const cannotConvert = (field: string, why: string, path: FieldPath): FieldError => invalid(path.child('fieldPath'), field, `error converting fieldPath: ${why}`);

/** Resources of a container that files and variables may show; hugepages- and its sizes too. */
const containerResources = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];
const hugePages = /^(limits|requests)\.hugepages-/;

export function validateResourceFieldRef(ref: corev1.ResourceFieldSelector, path: FieldPath, inVolume: boolean): FieldError[] {
  const resource = ref.resource ?? '';
  const errors: FieldError[] = [];
  if (inVolume && !ref.containerName) errors.push(required(path.child('containerName')));
  else if (resource === '') errors.push(required(path.child('resource')));
  else if (!containerResources.includes(resource) && !hugePages.test(resource)) errors.push(notSupported(path.child('resource'), resource, containerResources));
  return [...errors, ...validateDivisor(resource, ref.divisor, path.child('divisor'))];
}

const bytes: readonly string[] = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** What may be divided by, and what the resource is called in the message. */
function divisorsOf(resource: string): { readonly allowed: readonly string[]; readonly name: string } | undefined {
  if (hugePages.test(resource)) return { allowed: bytes, name: 'hugepages' };
  switch (resource.slice(resource.indexOf('.') + 1)) {
    case 'cpu':
      return { allowed: ['1m', '1'], name: 'cpu' };
    case 'memory':
      return { allowed: bytes, name: 'memory' };
    case 'ephemeral-storage':
      return { allowed: bytes, name: 'local ephemeral storage' };
    default:
      return undefined;
  }
}

function validateDivisor(resource: string, divisor: string | undefined, path: FieldPath): FieldError[] {
  if (divisor === undefined || divisor === '' || !isQuantity(divisor) || compareQuantities(divisor, '0') === 0) return [];
  const rule = divisorsOf(resource);
  if (rule === undefined || rule.allowed.includes(canonicalQuantity(divisor))) return [];
  const listed = rule.name === 'cpu' ? '1m and 1' : rule.allowed.join(', ');
  return [invalid(path, resource, `only divisor's values ${listed} are supported with the ${rule.name} resource`)];
}
