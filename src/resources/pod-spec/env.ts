/**
 * Validation of environment variables.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom)
 */
import { invalid, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, invalidFor } from '../validation/fields.ts';
import { checkConfigMapKey, checkDnsSubdomain, checkEnvVarName } from '../validation/names.ts';
import { validateFieldRef, validateResourceFieldRef } from './field-refs.ts';

const envFields = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName',
  'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs',
];

export function validateEnv(variables: readonly corev1.EnvVar[], path: FieldPath): FieldError[] {
  return variables.flatMap((variable, i) => {
    const at = path.index(i);
    return [...checkedText(at.child('name'), variable.name, checkEnvVarName), ...validateValueFrom(variable, at.child('valueFrom'))];
  });
}

function validateValueFrom({ value, valueFrom }: corev1.EnvVar, path: FieldPath): FieldError[] {
  if (valueFrom === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, path.child('fieldRef'), envFields));
  if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, path.child('resourceFieldRef'), false));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, path.child('configMapKeyRef')));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, path.child('secretKeyRef')));
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((source) => source !== undefined).length;
  if (sources === 0) errors.push(invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (value) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

function validateKeyRef(ref: { readonly name?: string | undefined; readonly key?: string | undefined }, path: FieldPath): FieldError[] {
  return checkedText(path.child('key'), ref.key, checkConfigMapKey);
}

export function validateEnvFrom(sources: readonly corev1.EnvFromSource[], path: FieldPath): FieldError[] {
  return sources.flatMap((source, i) => {
    const at = path.index(i);
    const errors = source.prefix ? invalidFor(at.child('prefix'), source.prefix, checkEnvVarName(source.prefix)) : [];
    for (const name of ['configMapRef', 'secretRef'] as const) {
      const ref = source[name];
      if (ref !== undefined) errors.push(...checkedText(at.child(name, 'name'), ref.name, checkDnsSubdomain));
    }
    if (!source.configMapRef && !source.secretRef) errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (source.configMapRef && source.secretRef) errors.push(invalid(at, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

