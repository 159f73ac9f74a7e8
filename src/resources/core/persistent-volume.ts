/** PersistentVolumes. Upstream: pkg/apis/core/validation (ValidatePersistentVolume), pkg/apis/core/v1/defaults.go */
import { FieldPath, forbidden, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset, wideText } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { validateNodeSelector } from '../pod-spec/scheduling.ts';
import { validateNoBackstep } from '../pod-spec/paths.ts';
import { validateNfs } from '../pod-spec/volumes.ts';
import type * as corev1 from '../types/core-v1.ts';
import { nonEmpty, sameJson, supportedOnly } from '../validation/fields.ts';
import { validateAmount } from '../validation/resource-lists.ts';
import { accessModesText } from '../volume-claim-defaults.ts';

const spec = FieldPath.of('spec');
export const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
/** Fields of the spec that do not name a volume's source. */
const plainFields: ReadonlySet<string> = new Set([
  'accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode',
]);

const sourceNames = (given: corev1.PersistentVolumeSpec): string[] => Object.keys(given).filter((key) => !plainFields.has(key));

function validate({ spec: given = {} }: corev1.PersistentVolume): FieldError[] {
  const modes = given.accessModes ?? [];
  const capacity = given.capacity ?? {};
  const sources = sourceNames(given);
  return [
    ...(modes.length === 0 ? [required(spec.child('accessModes'))] : modes.flatMap((mode) => supportedOnly(spec.child('accessModes'), mode, accessModes))),
    ...(Object.keys(capacity).length === 0 ? [required(spec.child('capacity'))] : []),
    ...(capacity['storage'] === undefined || Object.keys(capacity).length > 1
      ? [{ type: 'FieldValueNotSupported' as const, field: 'spec.capacity', message: `Unsupported value: ${JSON.stringify(capacity)}: supported values: "storage"` }]
      : validateAmount('storage', capacity['storage'], spec.child('capacity').key('storage'))),
    ...supportedOnly(spec.child('persistentVolumeReclaimPolicy'), given.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain']),
    ...(sources.length === 0 ? [required(spec, 'must specify a volume type')] : sources.slice(1).map((name) => forbidden(spec.child(name), 'may not specify more than 1 volume type'))),
    ...validateSource(given),
    ...supportedOnly(spec.child('volumeMode'), given.volumeMode, ['Block', 'Filesystem']),
    ...(given.nodeAffinity?.required ? validateNodeSelector(given.nodeAffinity.required, spec.child('nodeAffinity', 'required')) : []),
  ];
}

function validateSource({ hostPath, local, nfs, csi, nodeAffinity }: corev1.PersistentVolumeSpec): FieldError[] {
  if (hostPath) return [...nonEmpty(spec.child('hostPath', 'path'), hostPath.path), ...validateNoBackstep(hostPath.path, spec.child('hostPath', 'path'))];
  if (nfs) return validateNfs(nfs, spec.child('nfs'));
  if (csi) return [...nonEmpty(spec.child('csi', 'driver'), csi.driver), ...nonEmpty(spec.child('csi', 'volumeHandle'), csi.volumeHandle)];
  if (!local) return [];
  return [
    ...nonEmpty(spec.child('local', 'path'), local.path),
    ...validateNoBackstep(local.path, spec.child('local', 'path')),
    ...(nodeAffinity === undefined ? [required(FieldPath.of('metadata', 'annotations'), 'Local volume requires node affinity')] : []),
  ];
}

/** The source of a volume is what it is: it cannot become another. */
function validateUpdate(volume: corev1.PersistentVolume, old: corev1.PersistentVolume): FieldError[] {
  const pick = (given: corev1.PersistentVolumeSpec = {}): Record<string, unknown> => Object.fromEntries(Object.entries(given).filter(([key]) => !plainFields.has(key)));
  const errors = validate(volume);
  if (!sameJson(pick(volume.spec), pick(old.spec))) errors.push(forbidden(spec.child('persistentvolumesource'), 'spec.persistentvolumesource is immutable after creation'));
  if (volume.spec?.volumeMode !== old.spec?.volumeMode) errors.push({ type: 'FieldValueInvalid', field: 'spec.volumeMode', message: `Invalid value: ${JSON.stringify(volume.spec?.volumeMode ?? null)}: field is immutable` });
  return errors;
}

function claimText({ spec: given }: corev1.PersistentVolume): string {
  const claim = given?.claimRef;
  return claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`;
}

export const persistentVolumeDefinition = defineKind<corev1.PersistentVolume>({
  group: '',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
  shortNames: ['pv'],
  status: true,
  strategy: {
    generation: 'none',
    defaults({ spec: given }) {
      if (given === undefined) return;
      given.persistentVolumeReclaimPolicy ||= 'Retain';
      given.volumeMode ??= 'Filesystem';
      if (given.hostPath !== undefined) given.hostPath.type ??= '';
    },
    prepareForCreate(volume) {
      volume.status = { phase: 'Pending' };
    },
    validate,
    validateUpdate,
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Capacity', ({ spec: given }) => given?.capacity?.['storage'] ?? ''),
    text('Access Modes', ({ spec: given }) => accessModesText(given?.accessModes)),
    text('Reclaim Policy', ({ spec: given }) => given?.persistentVolumeReclaimPolicy ?? ''),
    text('Status', ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating')),
    text('Claim', claimText),
    text('StorageClass', ({ metadata, spec: given }) => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? given?.storageClassName ?? ''),
    text('VolumeAttributesClass', ({ spec: given }) => given?.volumeAttributesClassName ?? unset),
    text('Reason', ({ status }) => status?.reason ?? ''),
    ageColumn,
    wideText('VolumeMode', ({ spec: given }) => given?.volumeMode ?? unset),
  ],
});

export const persistentVolumes = typedKind<corev1.PersistentVolume>(persistentVolumeDefinition);
