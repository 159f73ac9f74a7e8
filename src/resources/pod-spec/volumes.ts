/**
 * Validation of a Pod's volumes.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateVolumes)
 */
import type { FieldPath} from '../../apimachinery/field-error.ts';
import { forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, nonEmpty, supportedOnly, Unique } from '../validation/fields.ts';
import { checkConfigMapKey, checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';
import { validateFieldRef, validateResourceFieldRef } from './field-refs.ts';
import { validateRelativePath } from './paths.ts';

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const modeMessage = 'must be a number between 0 and 0777 (octal), both inclusive';
/** The fields a downwardAPI volume may show; containers' environments know others. */
const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

/** The names of the sources a volume sets: exactly one where it is valid. */
export function volumeTypesOf(volume: corev1.Volume | Draft<corev1.Volume>): string[] {
  return Object.entries(volume).flatMap(([key, value]) => (key === 'name' || value === undefined || value === null ? [] : [key]));
}

export function validateVolumes(volumes: readonly corev1.Volume[], path: FieldPath): FieldError[] {
  const names = new Unique();
  return volumes.flatMap((volume, i) => {
    const at = path.index(i);
    const nameErrors = checkedText(at.child('name'), volume.name, checkDnsLabel);
    return [...validateSource(volume, at), ...nameErrors, ...(nameErrors.length > 0 ? [] : names.check(at.child('name'), volume.name))];
  });
}

function validateSource(volume: corev1.Volume, path: FieldPath): FieldError[] {
  const types = volumeTypesOf(volume);
  const first = types[0];
  if (first === undefined) return [required(path, 'must specify a volume type')];
  const surplus = types.slice(1).map((type) => forbidden(path.child(type), 'may not specify more than 1 volume type'));
  return [...validateByType(volume, path.child(first)), ...surplus];
}

/** `path` names the source that the volume sets. */
function validateByType(volume: corev1.Volume, path: FieldPath): FieldError[] {
  const { hostPath, secret, configMap, downwardAPI, projected, persistentVolumeClaim, nfs, csi, ephemeral, image } = volume;
  if (hostPath) return [...nonEmpty(path.child('path'), hostPath.path), ...validateNoBackstep(hostPath.path, path.child('path')), ...supportedOnly(path.child('type'), hostPath.type, hostPathTypes)];
  if (secret) return [...nonEmpty(path.child('secretName'), secret.secretName), ...validateMode(secret.defaultMode, path.child('defaultMode')), ...validateItems(secret.items, path)];
  if (configMap) return [...nonEmpty(path.child('name'), configMap.name), ...validateMode(configMap.defaultMode, path.child('defaultMode')), ...validateItems(configMap.items, path)];
  if (downwardAPI) return [...validateMode(downwardAPI.defaultMode, path.child('defaultMode')), ...validateDownwardFiles(downwardAPI.items, path)];
  if (projected) return [...validateMode(projected.defaultMode, path.child('defaultMode')), ...validateProjections(projected.sources ?? [], path.child('sources'))];
  if (persistentVolumeClaim) return nonEmpty(path.child('claimName'), persistentVolumeClaim.claimName);
  if (nfs) return validateNfs(nfs, path);
  if (csi) return checkedText(path.child('driver'), csi.driver, (name) => checkDnsSubdomain(name.toLowerCase()));
  if (ephemeral && !ephemeral.volumeClaimTemplate) return [required(path.child('volumeClaimTemplate'))];
  if (image) return supportedOnly(path.child('pullPolicy'), image.pullPolicy, ['Always', 'IfNotPresent', 'Never']);
  return [];
}

export function validateNfs(nfs: corev1.NFSVolumeSource, path: FieldPath): FieldError[] {
  const errors = [...nonEmpty(path.child('server'), nfs.server), ...nonEmpty(path.child('path'), nfs.path)];
  if (nfs.path && !nfs.path.startsWith('/')) errors.push(invalid(path.child('path'), nfs.path, 'must be an absolute path'));
  return errors;
}

export function validateNoBackstep(text: string | undefined, path: FieldPath): FieldError[] {
  return (text ?? '').split('/').includes('..') ? [invalid(path, text, "must not contain '..'")] : [];
}

function validateMode(mode: number | undefined, path: FieldPath): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= 0o777) ? [] : [invalid(path, mode, modeMessage)];
}

function validateItems(items: readonly corev1.KeyToPath[] | undefined, path: FieldPath): FieldError[] {
  return (items ?? []).flatMap((item, i) => {
    const at = path.child('items').index(i);
    return [...checkedText(at.child('key'), item.key, checkConfigMapKey), ...validateFilePath(item.path, at.child('path')), ...validateMode(item.mode, at.child('mode'))];
  });
}

function validateFilePath(text: string | undefined, path: FieldPath): FieldError[] {
  if (text === undefined || text === '') return [required(path)];
  const errors = validateRelativePath(text, path);
  if (errors.length === 0 && text.startsWith('..')) errors.push(invalid(path, text, "must not start with '..'"));
  return errors;
}

function validateDownwardFiles(items: readonly corev1.DownwardAPIVolumeFile[] | undefined, path: FieldPath): FieldError[] {
  return (items ?? []).flatMap((item, i) => {
    const at = path.child('items').index(i);
    const errors = validateFilePath(item.path, at.child('path'));
    if (item.fieldRef) {
      errors.push(...validateFieldRef(item.fieldRef, at.child('fieldRef'), volumeFields));
      if (item.resourceFieldRef) errors.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (item.resourceFieldRef) errors.push(...validateResourceFieldRef(item.resourceFieldRef, at.child('resourceFieldRef'), true));
    else errors.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
    return [...errors, ...validateMode(item.mode, at.child('mode'))];
  });
}

function validateProjections(sources: readonly corev1.VolumeProjection[], path: FieldPath): FieldError[] {
  return sources.flatMap((source, i) => {
    const at = path.index(i);
    const set = Object.entries(source).filter(([, value]) => value !== undefined && value !== null);
    if (set.length === 0) return [required(at, 'must specify a projection type')];
    const surplus = set.slice(1).map(([type]) => forbidden(at.child(type), 'may not specify more than 1 volume type'));
    return [...surplus, ...validateProjection(source, at)];
  });
}

function validateProjection({ secret, configMap, downwardAPI, serviceAccountToken: token, clusterTrustBundle }: corev1.VolumeProjection, path: FieldPath): FieldError[] {
  if (secret) return [...nonEmpty(path.child('secret', 'name'), secret.name), ...validateItems(secret.items, path.child('secret'))];
  if (configMap) return [...nonEmpty(path.child('configMap', 'name'), configMap.name), ...validateItems(configMap.items, path.child('configMap'))];
  if (downwardAPI) return validateDownwardFiles(downwardAPI.items, path.child('downwardAPI'));
  if (clusterTrustBundle) return nonEmpty(path.child('clusterTrustBundle', 'path'), clusterTrustBundle.path);
  if (!token) return [];
  const at = path.child('serviceAccountToken');
  const errors = nonEmpty(at.child('path'), token.path);
  if (token.expirationSeconds !== undefined && token.expirationSeconds < 600) errors.push(invalid(at.child('expirationSeconds'), token.expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (token.expirationSeconds !== undefined && token.expirationSeconds > 2 ** 32) errors.push(invalid(at.child('expirationSeconds'), token.expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  return errors;
}

