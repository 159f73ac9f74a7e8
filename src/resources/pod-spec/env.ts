/**
 * Validation of environment variables.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom)
 */
import { invalid, notFound, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, invalidFor } from '../validation/fields.ts';
import { checkConfigMapKey, checkDnsSubdomain, checkEnvVarName } from '../validation/names.ts';
import { validateFieldRef, validateResourceFieldRef } from './field-refs.ts';
import { validateFilePath } from './paths.ts';
import type { Volumes } from './volume-mounts.ts';

const envFields = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName',
  'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs',
];

export function validateEnv(variables: readonly corev1.EnvVar[], path: FieldPath, volumes: Volumes): FieldError[] {
  const errors: FieldError[] = [];
  variables.forEach((variable, i) => {
    const at = path.index(i);
    errors.push(...checkedText(at.child('name'), variable.name, checkEnvVarName));
    if (variable.valueFrom !== undefined) errors.push(...validateValueFrom(variable.value, variable.valueFrom, at.child('valueFrom'), volumes));
  });
  return errors;
}

function validateValueFrom(value: string | undefined, source: corev1.EnvVarSource, path: FieldPath, volumes: Volumes): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, path.child('fieldRef'), envFields));
  if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, path.child('resourceFieldRef'), false));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, path.child('configMapKeyRef')));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, path.child('secretKeyRef')));
  if (fileKeyRef) errors.push(...validateFileKeyRef(fileKeyRef, path.child('fileKeyRef'), volumes));
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((one) => one !== undefined).length;
  if (sources === 0) errors.push(invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (value) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

interface KeyRef {
  readonly name?: string | undefined;
  readonly key?: string | undefined;
}

function validateKeyRef({ name = '', key }: KeyRef, path: FieldPath): FieldError[] {
  return [...invalidFor(path.child('name'), name, checkDnsSubdomain(name)), ...checkedText(path.child('key'), key, checkConfigMapKey)];
}

/** A variable from a file that an earlier container wrote into an emptyDir. */
function validateFileKeyRef({ volumeName, path: file, key }: corev1.FileKeySelector, path: FieldPath, volumes: Volumes): FieldError[] {
  const errors = checkedText(path.child('key'), key, checkEnvVarName);
  if (!volumeName) errors.push(required(path.child('volumeName')));
  else {
    const volume = volumes.get(volumeName);
    if (volume === undefined) errors.push(notFound(path.child('volumeName'), volumeName));
    else if (volume.emptyDir === undefined) errors.push(invalid(path.child('volumeName'), volumeName, 'referenced volume must be of type emptyDir'));
  }
  return [...errors, ...validateFilePath(file, path.child('path'))];
}

export function validateEnvFrom(sources: readonly corev1.EnvFromSource[], path: FieldPath): FieldError[] {
  return sources.flatMap((source, i) => {
    const at = path.index(i);
    const errors = source.prefix ? invalidFor(at.child('prefix'), source.prefix, checkEnvVarName(source.prefix)) : [];
    for (const name of ['configMapRef', 'secretRef'] as const) {
      const ref = source[name];
      if (ref !== undefined) errors.push(...checkedText(at.child(name, 'name'), ref.name, checkDnsSubdomain));
    }
    // Upstream names the whole list in these two.
    if (!source.configMapRef && !source.secretRef) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (source.configMapRef && source.secretRef) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}
