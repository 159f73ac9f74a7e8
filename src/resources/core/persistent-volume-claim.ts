/** PersistentVolumeClaims. Upstream: pkg/apis/core/validation (ValidatePersistentVolumeClaim) */
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset, wideText } from '../columns.ts';
import { compareQuantities, isQuantity } from '../../apimachinery/quantity.ts';
import { defineKind, typedKind } from '../define.ts';
import { validateClaimSpec } from '../pod-spec/claim-spec.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable, sameJson } from '../validation/fields.ts';
import { differences } from '../validation/differences.ts';
import { accessModesText, defaultClaim } from '../volume-claim-defaults.ts';
import { claimWarnings } from './volume-warnings.ts';

const spec = FieldPath.of('spec');
const rule = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

const validate = ({ spec: given = {} }: corev1.PersistentVolumeClaim): FieldError[] => validateClaimSpec(given, spec);

const betaClass = 'volume.beta.kubernetes.io/storage-class';

/** A claim may be bound (volumeName filled in), given its class once, and grow or change its attributes when it is bound. */
function validateUpdate(claim: corev1.PersistentVolumeClaim, old: corev1.PersistentVolumeClaim): FieldError[] {
  const before = old.spec ?? {};
  const now = claim.spec ?? {};
  const [annotation, oldAnnotation] = [claim.metadata.annotations?.[betaClass], old.metadata.annotations?.[betaClass]];
  // The class moved from its old annotation to the field.
  const upgraded = oldAnnotation !== undefined && before.storageClassName === undefined && now.storageClassName === oldAnnotation;
  const errors = validate(claim);
  if (!(upgraded && (annotation === undefined || annotation === oldAnnotation)) && annotation !== oldAnnotation) errors.push(invalid(FieldPath.of('metadata', 'annotations', betaClass), annotation ?? '', 'field is immutable'));
  const classGiven = before.storageClassName === undefined && (oldAnnotation === undefined || now.storageClassName === oldAnnotation);
  const bound = old.status?.phase === 'Bound';
  const kept: corev1.PersistentVolumeClaimSpec = {
    ...now,
    ...(before.volumeName ? {} : { volumeName: before.volumeName }),
    ...(classGiven ? { storageClassName: undefined } : {}),
    ...(bound ? { resources: withStorageOf(now, before), volumeAttributesClassName: now.volumeAttributesClassName === undefined ? undefined : before.volumeAttributesClassName } : {}),
  };
  if (!sameJson(kept, before)) errors.push(forbidden(spec, `${rule}\n${differences(before, kept)}`));
  return [...errors, ...validateShrinking(claim, old), ...immutable(FieldPath.of('volumeMode'), now.volumeMode, before.volumeMode), ...validateAttributesChange(now, before)];
}

function withStorageOf(now: corev1.PersistentVolumeClaimSpec, before: corev1.PersistentVolumeClaimSpec): corev1.VolumeResourceRequirements | undefined {
  const storage = before.resources?.requests?.['storage'];
  return now.resources?.requests === undefined || storage === undefined ? now.resources : { ...now.resources, requests: { ...now.resources.requests, storage } };
}

/** An expansion that failed may be taken back as far as the volume has not grown. */
function validateShrinking({ spec: now }: corev1.PersistentVolumeClaim, old: corev1.PersistentVolumeClaim): FieldError[] {
  const size = now?.resources?.requests?.['storage'];
  const asked = old.spec?.resources?.requests?.['storage'];
  if (size === undefined || asked === undefined || !isQuantity(size) || compareQuantities(size, asked) >= 0) return [];
  const has = old.status?.capacity?.['storage'] ?? '0';
  return compareQuantities(size, has) <= 0 ? [forbidden(spec.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity')] : [];
}

function validateAttributesChange({ volumeAttributesClassName: now }: corev1.PersistentVolumeClaimSpec, { volumeAttributesClassName: before }: corev1.PersistentVolumeClaimSpec): FieldError[] {
  const path = spec.child('volumeAttributesClassName');
  if (before === undefined || now === before) return [];
  if (now === undefined) return [forbidden(path, 'update from non-nil value to nil is forbidden')];
  return now === '' ? [forbidden(path, 'update from non-nil value to an empty string is forbidden')] : [];
}

export const persistentVolumeClaimDefinition = defineKind<corev1.PersistentVolumeClaim>({
  group: '',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
  shortNames: ['pvc'],
  status: true,
  strategy: {
    generation: 'none',
    defaults: defaultClaim,
    prepareForCreate(claim) {
      claim.status = { phase: 'Pending' };
    },
    validate,
    validateUpdate,
    warnings: claimWarnings,
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Status', ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating')),
    text('Volume', ({ spec: given }) => given?.volumeName ?? ''),
    text('Capacity', ({ spec: given, status }) => (given?.volumeName ? (status?.capacity?.['storage'] ?? '') : '')),
    text('Access Modes', ({ spec: given, status }) => (given?.volumeName ? accessModesText(status?.accessModes) : '')),
    text('StorageClass', ({ metadata, spec: given }) => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? given?.storageClassName ?? ''),
    text('VolumeAttributesClass', ({ spec: given }) => given?.volumeAttributesClassName ?? unset),
    ageColumn,
    wideText('VolumeMode', ({ spec: given }) => given?.volumeMode ?? unset),
  ],
});

export const persistentVolumeClaims = typedKind<corev1.PersistentVolumeClaim>(persistentVolumeClaimDefinition);
