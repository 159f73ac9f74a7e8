/**
 * References to the Pod's own fields and resources (the downward API).
 * Upstream: pkg/apis/core/validation/validation.go (validateObjectFieldSelector, validateContainerResourceFieldSelector)
 */
import { invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

/** Resources of a container that files and variables may show; hugepages- and its sizes too. */
const containerResources = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];

export function validateFieldRef(ref: corev1.ObjectFieldSelector, path: FieldPath, supported: readonly string[]): FieldError[] {
  if (!ref.apiVersion) return [required(path.child('apiVersion'))];
  if (!ref.fieldPath) return [required(path.child('fieldPath'))];
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(ref.fieldPath);
  if (subscript) {
    const key = subscript[2] ?? '';
    const lower = subscript[1] === 'metadata.annotations' ? key.toLowerCase() : key;
    return invalidFor(path, key, checkQualifiedName(lower));
  }
  const known = ref.apiVersion === 'v1' && supported.includes(ref.fieldPath);
  return known ? [] : [notSupported(path.child('fieldPath'), ref.fieldPath, supported)];
}

export function validateResourceFieldRef(ref: corev1.ResourceFieldSelector, path: FieldPath, inVolume: boolean): FieldError[] {
  if (inVolume && !ref.containerName) return [required(path.child('containerName'))];
  if (!ref.resource) return [required(path.child('resource'))];
  const known = containerResources.includes(ref.resource) || /^(limits|requests)\.hugepages-/.test(ref.resource);
  if (!known) return [notSupported(path.child('resource'), ref.resource, containerResources)];
  return validateDivisor(ref, path.child('divisor'));
}

function validateDivisor({ resource, divisor }: corev1.ResourceFieldSelector, path: FieldPath): FieldError[] {
  if (divisor === undefined || divisor === '0' || divisor === '') return [];
  const cpu = resource.endsWith('.cpu');
  const allowed = cpu ? ['1m', '1'] : ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
  if (allowed.includes(divisor)) return [];
  const name = resource.slice(resource.indexOf('.') + 1);
  return [invalid(path, divisor, cpu ? `only divisor's values 1m and 1 are supported with the cpu resource` : `only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the ${name} resource`)];
}
