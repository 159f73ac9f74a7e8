/**
 * Validation of volumes that are made of files: items of ConfigMaps and Secrets, the downward API, projections of several sources.
 * Upstream: pkg/apis/core/validation/validation.go (validateKeyToPath, validateDownwardAPIVolumeFile, validateProjectionSources)
 */
import { forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, nonEmpty, oneOf } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validateFieldRef, validateResourceFieldRef } from './field-refs.ts';
import { validateFilePath, validateRelativePath } from './paths.ts';

/** The fields a downwardAPI volume may show; containers' environments know others. */
const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

export function validateMode(mode: number | undefined, path: FieldPath): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= 0o777) ? [] : [invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

/** `path` names the source that has the items. */
export function validateItems(items: readonly corev1.KeyToPath[] | undefined, path: FieldPath): FieldError[] {
  if (items === undefined) return [];
  const at = path.child('items');
  return items.flatMap((item, i) => {
    const own = at.index(i);
    return [...nonEmpty(own.child('key'), item.key), ...validateFilePath(item.path, own.child('path')), ...validateMode(item.mode, own.child('mode'))];
  });
}

/** `path` names the source: upstream's messages do not say which item. */
export function validateDownwardFiles(items: readonly corev1.DownwardAPIVolumeFile[] | undefined, path: FieldPath): FieldError[] {
  return (items ?? []).flatMap((item) => {
    const errors = validateFilePath(item.path, path.child('path'));
    if (item.fieldRef) {
      errors.push(...validateFieldRef(item.fieldRef, path.child('fieldRef'), volumeFields));
      if (item.resourceFieldRef) errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (item.resourceFieldRef) errors.push(...validateResourceFieldRef(item.resourceFieldRef, path.child('resourceFieldRef'), true));
    else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
    return [...errors, ...validateMode(item.mode, path.child('mode'))];
  });
}

export function validateProjected({ defaultMode, sources = [] }: corev1.ProjectedVolumeSource, path: FieldPath): FieldError[] {
  const errors = validateMode(defaultMode, path.child('defaultMode'));
  const places = new Set<string>();
  /** No two files may be at one place; `owner` is what the message names. */
  const take = (place: string | undefined, owner: string): void => {
    if (!place) return;
    if (places.has(place)) errors.push(invalid(path, owner, 'conflicting duplicate paths'));
    places.add(place);
  };
  sources.forEach((source, i) => {
    const at = path.child('sources').index(i);
    errors.push(...validateProjection(source, at, path));
    for (const { path: place } of source.secret?.items ?? []) take(place, source.secret?.name ?? '');
    for (const { path: place } of source.configMap?.items ?? []) take(place, source.configMap?.name ?? '');
    for (const { path: place } of source.downwardAPI?.items ?? []) take(place, place);
    const { clusterTrustBundle: bundle, podCertificate: certificate } = source;
    for (const place of [bundle?.path, certificate?.credentialBundlePath, certificate?.keyPath, certificate?.certificateChainPath]) take(place, place ?? '');
    let types = 0;
    for (const key in source) if (source[key as keyof corev1.VolumeProjection] !== undefined) types++;
    if (types > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
  });
  return errors;
}

/** `whole` names the projected volume: upstream reports a token's path there. */
function validateProjection(source: corev1.VolumeProjection, path: FieldPath, whole: FieldPath): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken: token, clusterTrustBundle, podCertificate } = source;
  const errors: FieldError[] = [];
  if (secret) errors.push(...nonEmpty(path.child('secret', 'name'), secret.name), ...validateItems(secret.items, path.child('secret')));
  if (configMap) errors.push(...nonEmpty(path.child('configMap', 'name'), configMap.name), ...validateItems(configMap.items, path.child('configMap')));
  if (downwardAPI) errors.push(...validateDownwardFiles(downwardAPI.items, path.child('downwardAPI')));
  if (token) errors.push(...validateToken(token, path.child('serviceAccountToken'), whole));
  if (clusterTrustBundle) errors.push(...validateTrustBundle(clusterTrustBundle, path.child('clusterTrustBundle')));
  if (podCertificate) errors.push(...validatePodCertificate(podCertificate, path.child('podCertificate')));
  return errors;
}

function validateToken({ expirationSeconds, path: file }: corev1.ServiceAccountTokenProjection, path: FieldPath, whole: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const lifetime = path.child('expirationSeconds');
  if (expirationSeconds !== undefined && expirationSeconds < 600) errors.push(invalid(lifetime, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (expirationSeconds !== undefined && expirationSeconds > 2 ** 32) errors.push(invalid(lifetime, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  return [...errors, ...validateFilePath(file, whole.child('path'))];
}

function validateTrustBundle(bundle: corev1.ClusterTrustBundleProjection, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const { name, signerName, labelSelector } = bundle;
  if (name !== undefined && signerName !== undefined) errors.push(invalid(path, bundle, 'only one of name and signerName may be used'));
  else if (name !== undefined) {
    if (name === '') errors.push(required(path.child('name'), 'must be a valid object name'));
    if (labelSelector !== undefined) errors.push(invalid(path.child('labelSelector'), labelSelector, 'labelSelector must be unset if name is specified'));
  } else if (signerName !== undefined) {
    if (signerName === '') errors.push(required(path.child('signerName'), 'must be a valid signer name'));
    errors.push(...validateLabelSelector(labelSelector, path.child('labelSelector')));
  } else errors.push(required(path, 'either name or signerName must be specified'));
  return [...errors, ...validateFilePath(bundle.path, path.child('path'))];
}

const keyTypes = ['ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519', 'RSA3072', 'RSA4096'];

function validatePodCertificate(certificate: corev1.PodCertificateProjection, path: FieldPath): FieldError[] {
  const errors = [...checkedText(path.child('signerName'), certificate.signerName, (name) => (name.includes('/') ? [] : ['must be a fully qualified domain and path of the form \'example.com/signer-name\''])), ...oneOf(path.child('keyType'), certificate.keyType, keyTypes)];
  const { credentialBundlePath, keyPath, certificateChainPath } = certificate;
  if (!credentialBundlePath && !keyPath && !certificateChainPath) errors.push(required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
  for (const [name, place] of Object.entries({ credentialBundlePath, keyPath, certificateChainPath })) if (place) errors.push(...validateRelativePath(place, path.child(name)));
  return errors;
}

