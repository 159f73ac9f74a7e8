/** PersistentVolumes. Upstream: pkg/apis/core/validation (ValidatePersistentVolume), pkg/apis/core/v1/defaults.go */
import { FieldPath, forbidden, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset, wideText } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { validateAccessModes, validatePositiveAmount, volumeModes } from '../pod-spec/claim-spec.ts';
import { validateNetworkDisk } from '../pod-spec/network-disks.ts';
import { validateNoBackstep } from '../pod-spec/paths.ts';
import { validateNodeSelector } from '../pod-spec/scheduling.ts';
import { validateCsiDriverName, validateHostPath, validateNfs } from '../pod-spec/volumes.ts';
import type * as corev1 from '../types/core-v1.ts';
import { differences } from '../validation/differences.ts';
import { checkedText, immutable, invalidFor, nonEmpty, sameJson, supportedOnly } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';
import { accessModesText } from '../volume-claim-defaults.ts';
import { volumeWarnings } from './volume-warnings.ts';

const spec = FieldPath.of('spec');
/** The order in which upstream looks for sources: the first one set is the volume's, the others are surplus. */
const sourceOrder = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'flocker', 'nfs', 'rbd', 'quobyte', 'cephfs', 'iscsi', 'cinder', 'fc', 'flexVolume', 'azureFile', 'vsphereVolume',
  'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'scaleIO', 'local', 'storageos', 'csi',
] as const;

function validate(volume: corev1.PersistentVolume): FieldError[] {
  const given = volume.spec ?? {};
  const modes = given.accessModes ?? [];
  const errors = modes.length === 0 ? [required(spec.child('accessModes'))] : validateAccessModes(modes, spec.child('accessModes'));
  errors.push(...validateCapacity(given.capacity ?? {}));
  if (given.persistentVolumeReclaimPolicy) errors.push(...supportedOnly(spec.child('persistentVolumeReclaimPolicy'), given.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain']));
  if (given.nodeAffinity) errors.push(...validateAffinity(given.nodeAffinity));
  errors.push(...validateSources(given, volume.metadata.name ?? ''));
  if (given.hostPath?.path === '/' && given.persistentVolumeReclaimPolicy === 'Recycle') errors.push(forbidden(spec.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"));
  if (given.storageClassName) errors.push(...invalidFor(spec.child('storageClassName'), given.storageClassName, checkDnsSubdomain(given.storageClassName)));
  errors.push(...supportedOnly(spec.child('volumeMode'), given.volumeMode, volumeModes));
  const attributes = given.volumeAttributesClassName;
  if (attributes === undefined) return errors;
  errors.push(...checkedText(spec.child('volumeAttributesClassName'), attributes, checkDnsSubdomain, 'an empty string is disallowed'));
  return given.csi === undefined ? [...errors, required(spec.child('csi'), 'has to be specified when using volumeAttributesClassName')] : errors;
}

function validateCapacity(capacity: Readonly<Record<string, string>>): FieldError[] {
  const path = spec.child('capacity');
  const names = Object.keys(capacity);
  const errors = names.length === 0 ? [required(path)] : [];
  if (capacity['storage'] === undefined || names.length > 1) errors.push(notSupported(path, capacity, ['storage']));
  for (const [name, amount] of Object.entries(capacity)) errors.push(...validatePositiveAmount(name, amount, path.key(name)));
  return errors;
}

function validateAffinity({ required: needed }: corev1.VolumeNodeAffinity): FieldError[] {
  const path = spec.child('nodeAffinity', 'required');
  return needed === undefined ? [required(path, 'must specify required node constraints')] : validateNodeSelector(needed, path);
}

function validateSources(given: corev1.PersistentVolumeSpec, name: string): FieldError[] {
  const [first, ...surplus] = sourceOrder.filter((source) => given[source] !== undefined);
  if (first === undefined) return [required(spec, 'must specify a volume type')];
  return [...validateSource(given, first, name), ...surplus.map((source) => forbidden(spec.child(source), 'may not specify more than 1 volume type'))];
}

function validateSource(given: corev1.PersistentVolumeSpec, source: string, name: string): FieldError[] {
  const { hostPath, nfs, local, csi, azureFile } = given;
  const path = spec.child(source);
  if (hostPath) return validateHostPath(hostPath, path);
  if (nfs) return validateNfs(nfs, path);
  if (csi) return validateCsi(csi, path);
  if (azureFile?.secretNamespace === '') return [required(path.child('secretNamespace'))];
  if (!local) return validateNetworkDisk({ ...given, name } as Parameters<typeof validateNetworkDisk>[0], source, spec);
  const errors = local.path ? validateNoBackstep(local.path, path.child('path')) : [required(path.child('path'))];
  return given.nodeAffinity === undefined ? [...errors, required(spec.child('nodeAffinity'), 'Local volume requires node affinity')] : errors;
}

const secretFields = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const;

function validateCsi(csi: corev1.CSIPersistentVolumeSource, path: FieldPath): FieldError[] {
  const errors = [...validateCsiDriverName(csi.driver, path.child('driver')), ...nonEmpty(path.child('volumeHandle'), csi.volumeHandle)];
  for (const field of secretFields) {
    const secret = csi[field];
    if (secret !== undefined) errors.push(...checkedText(path.child(field, 'name'), secret.name, checkDnsSubdomain), ...checkedText(path.child(field, 'namespace'), secret.namespace, checkDnsLabel));
  }
  return errors;
}

/** Labels of nodes that have newer names now: an affinity may follow. */
const newLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

const withNewLabels = (affinity: corev1.VolumeNodeAffinity | undefined): unknown => ({
  terms: affinity?.required?.nodeSelectorTerms.map((term) => ({ ...term, matchExpressions: term.matchExpressions?.map((one) => ({ ...one, key: newLabels[one.key] ?? one.key })) })),
});

/** The source of a volume is what it is: it cannot become another. */
function validateUpdate(volume: corev1.PersistentVolume, old: corev1.PersistentVolume): FieldError[] {
  const now = volume.spec ?? {};
  const before = old.spec ?? {};
  const errors = validate(volume);
  const [source, oldSource] = [sourceOf(now), sourceOf(before)];
  // The secret for growing a volume may be named later.
  if (before.csi !== undefined && before.csi.controllerExpandSecretRef === undefined && now.csi !== undefined) source['csi'] = { ...now.csi, controllerExpandSecretRef: undefined };
  if (!sameJson(source, oldSource)) errors.push(forbidden(spec.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${differences(oldSource, source)}`));
  errors.push(...immutable(FieldPath.of('volumeMode'), now.volumeMode, before.volumeMode));
  if (before.nodeAffinity !== undefined && !sameJson(now.nodeAffinity, before.nodeAffinity) && !sameJson(withNewLabels(before.nodeAffinity), withNewLabels(now.nodeAffinity))) {
    errors.push(invalid(FieldPath.of('nodeAffinity'), now.nodeAffinity, 'field is immutable, except for updating from beta label to GA'));
  }
  if (before.volumeAttributesClassName !== undefined && now.volumeAttributesClassName === undefined) errors.push(forbidden(spec.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden'));
  return errors;
}

const sourceOf = (given: corev1.PersistentVolumeSpec): Record<string, unknown> => Object.fromEntries(sourceOrder.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const])));

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
    warnings: volumeWarnings,
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
