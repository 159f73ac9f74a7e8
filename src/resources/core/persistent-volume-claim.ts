/** PersistentVolumeClaims. Upstream: pkg/apis/core/validation (ValidatePersistentVolumeClaim) */
import { FieldPath, forbidden, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset, wideText } from '../columns.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';
import { sameJson, supportedOnly } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validateAmount } from '../validation/resource-lists.ts';
import { differences } from '../validation/differences.ts';
import { accessModesText, defaultClaim } from '../volume-claim-defaults.ts';

const spec = FieldPath.of('spec');
const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const rule = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

function validate({ spec: given = {} }: corev1.PersistentVolumeClaim): FieldError[] {
  const size = given.resources?.requests?.['storage'];
  const at = spec.child('resources').key('storage');
  return [
    ...((given.accessModes ?? []).length === 0 ? [required(spec.child('accessModes'), 'at least 1 access mode is required')] : []),
    ...(given.accessModes ?? []).flatMap((mode) => supportedOnly(spec.child('accessModes'), mode, modes)),
    ...validateLabelSelector(given.selector, spec.child('selector')),
    ...(size === undefined ? [required(at)] : validateAmount('storage', size, at)),
    ...supportedOnly(spec.child('volumeMode'), given.volumeMode, ['Block', 'Filesystem']),
  ];
}

/** A claim may be bound (volumeName filled in), given its class once, and grow when it is bound. */
function validateUpdate(claim: corev1.PersistentVolumeClaim, old: corev1.PersistentVolumeClaim): FieldError[] {
  const before = old.spec ?? {};
  const now = claim.spec ?? {};
  const bound = old.status?.phase === 'Bound';
  const kept: corev1.PersistentVolumeClaimSpec = {
    ...now,
    ...(before.volumeName === undefined || before.volumeName === '' ? { volumeName: before.volumeName } : {}),
    ...(before.storageClassName === undefined ? { storageClassName: undefined } : {}),
    ...(bound ? { resources: before.resources, volumeAttributesClassName: before.volumeAttributesClassName } : {}),
  };
  const errors = validate(claim);
  if (!sameJson(kept, before)) errors.push(forbidden(spec, `${rule}\n${differences(before, kept)}`));
  const size = now.resources?.requests?.['storage'];
  const asked = before.resources?.requests?.['storage'];
  const has = old.status?.capacity?.['storage'] ?? asked;
  const shrinks = bound && size !== undefined && asked !== undefined && compareQuantities(size, asked) < 0;
  if (shrinks && has !== undefined && compareQuantities(size, has) <= 0) errors.push(forbidden(spec.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
  return errors;
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
