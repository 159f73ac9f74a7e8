/**
 * Secrets. The types of the kubernetes.io family need certain keys.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateSecret)
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable } from '../validation/fields.ts';
import { base64Bytes, validateFrozen, validateKeys, validateSize } from './keyed-data.ts';

export const secretTypes = {
  opaque: 'Opaque',
  serviceAccountToken: 'kubernetes.io/service-account-token',
  dockerConfig: 'kubernetes.io/dockercfg',
  dockerConfigJson: 'kubernetes.io/dockerconfigjson',
  basicAuth: 'kubernetes.io/basic-auth',
  sshAuth: 'kubernetes.io/ssh-auth',
  tls: 'kubernetes.io/tls',
} as const;

export const serviceAccountNameAnnotation = 'kubernetes.io/service-account.name';
export const serviceAccountUidAnnotation = 'kubernetes.io/service-account.uid';

const data = FieldPath.of('data');

/** Keys of which all must be there. */
const neededKeys: Readonly<Record<string, readonly string[]>> = {
  [secretTypes.dockerConfig]: ['.dockercfg'],
  [secretTypes.dockerConfigJson]: ['.dockerconfigjson'],
  [secretTypes.sshAuth]: ['ssh-privatekey'],
  [secretTypes.tls]: ['tls.crt', 'tls.key'],
};

function validate(secret: corev1.Secret): FieldError[] {
  const values = secret.data ?? {};
  const bytes = Object.values(values).reduce((total, value) => total + base64Bytes(value), 0);
  return [...validateKeys(Object.keys(values), data), ...validateSize(bytes, data), ...validateType(secret, values)];
}

function validateType({ type = '', metadata }: corev1.Secret, values: Readonly<Record<string, string>>): FieldError[] {
  if (type === secretTypes.serviceAccountToken) {
    const at = FieldPath.of('metadata', 'annotations').key(serviceAccountNameAnnotation);
    return metadata.annotations?.[serviceAccountNameAnnotation] ? [] : [required(at)];
  }
  if (type === secretTypes.basicAuth) {
    const either = values['username'] !== undefined || values['password'] !== undefined;
    return either ? [] : [required(data.key('username')), required(data.key('password'))];
  }
  return (neededKeys[type] ?? []).flatMap((key) => {
    const value = values[key];
    if (value === undefined) return [required(data.key(key))];
    if (type === secretTypes.sshAuth) return value === '' ? [required(data.key(key))] : [];
    return type.includes('docker') ? validateJson(value, data.key(key)) : [];
  });
}

function validateJson(base64: string, path: FieldPath): FieldError[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString());
    return typeof value === 'object' ? [] : [invalid(path, '<secret contents redacted>', 'must be a JSON object')];
  } catch (error) {
    return [invalid(path, '<secret contents redacted>', error instanceof SyntaxError ? error.message : String(error))];
  }
}

export const secretDefinition = defineKind<corev1.Secret>({
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  strategy: {
    generation: 'none',
    defaults(secret) {
      secret.type ||= secretTypes.opaque;
      // stringData is for writing only: its texts go to data.
      for (const [key, value] of Object.entries(secret.stringData ?? {})) {
        secret.data ??= {};
        secret.data[key] = Buffer.from(value).toString('base64');
      }
      delete secret.stringData;
    },
    prepareForUpdate(secret, old) {
      if (!secret.type && old.type !== undefined) secret.type = old.type;
    },
    validate,
    validateUpdate: (secret, old) => [...immutable(FieldPath.of('type'), secret.type, old.type), ...validateFrozen(secret, old), ...validate(secret)],
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Type', (secret) => secret.type ?? ''), text('Data', (secret) => Object.keys(secret.data ?? {}).length), ageColumn],
  selectableFields: { type: (secret) => secret.type ?? '' },
});

export const secrets = typedKind<corev1.Secret>(secretDefinition);
