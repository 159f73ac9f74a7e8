/**
 * Validation of the volume types whose drivers live outside k8ts. They are stored, and checked as upstream checks them, for Pods and
 * for PersistentVolumes; nothing here mounts them.
 * Upstream: pkg/apis/core/validation/validation.go
 */
import { invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, nonEmpty, supportedOnly } from '../validation/fields.ts';
import { checkDnsLabel } from '../validation/names.ts';
import { validateRelativePath } from './paths.ts';

/** The union of what Pods and PersistentVolumes say of these disks. */
type Disks = Partial<Omit<corev1.Volume, 'name'>> & Partial<Pick<corev1.PersistentVolumeSpec, 'local'>>;

/** `volume` sets the source of this name; `parent` names the volume. Names of other sources have no rules here. */
export function validateNetworkDisk(volume: Disks & { readonly name?: string | undefined }, source: string, parent: FieldPath): FieldError[] {
  const path = parent.child(source);
  const { gitRepo, gcePersistentDisk, awsElasticBlockStore, iscsi, glusterfs, flocker, rbd, cinder, cephfs, quobyte, fc, flexVolume } = volume;
  if (gitRepo) return [...nonEmpty(path.child('repository'), gitRepo.repository), ...validateRelativePath(gitRepo.directory ?? '', path.child('directory'))];
  // Upstream's path has the name of its own field here.
  if (gcePersistentDisk) return [...nonEmpty(parent.child('persistentDisk', 'pdName'), gcePersistentDisk.pdName), ...validatePartition(gcePersistentDisk.partition, parent.child('persistentDisk'))];
  if (awsElasticBlockStore) return [...nonEmpty(path.child('volumeID'), awsElasticBlockStore.volumeID), ...validatePartition(awsElasticBlockStore.partition, path)];
  if (iscsi) return validateIscsi(iscsi, volume.name ?? '', parent);
  if (glusterfs) return [...nonEmpty(path.child('endpoints'), glusterfs.endpoints), ...nonEmpty(path.child('path'), glusterfs.path)];
  if (flocker) return validateFlocker(flocker, path);
  if (rbd) return [...((rbd.monitors ?? []).length === 0 ? [required(path.child('monitors'))] : []), ...nonEmpty(path.child('image'), rbd.image)];
  if (cinder) return [...nonEmpty(path.child('volumeID'), cinder.volumeID), ...validateSecretName(cinder.secretRef, path)];
  if (cephfs) return (cephfs.monitors ?? []).length === 0 ? [required(path.child('monitors'))] : [];
  if (quobyte) return validateQuobyte(quobyte, path);
  if (fc) return validateFc(fc, path);
  if (flexVolume) return validateFlex(flexVolume, path);
  return validateOtherDisk(volume, path);
}

function validateOtherDisk({ azureFile, vsphereVolume, photonPersistentDisk, portworxVolume, azureDisk, storageos, scaleIO }: Disks, path: FieldPath): FieldError[] {
  if (azureFile) return [...nonEmpty(path.child('secretName'), azureFile.secretName), ...nonEmpty(path.child('shareName'), azureFile.shareName)];
  if (vsphereVolume) return nonEmpty(path.child('volumePath'), vsphereVolume.volumePath);
  if (photonPersistentDisk) return nonEmpty(path.child('pdID'), photonPersistentDisk.pdID);
  if (portworxVolume) return nonEmpty(path.child('volumeID'), portworxVolume.volumeID);
  if (azureDisk) return validateAzureDisk(azureDisk, path);
  if (storageos) return [...checkedText(path.child('volumeName'), storageos.volumeName, checkDnsLabel), ...validateSecretName(storageos.secretRef, path)];
  if (scaleIO) return [...nonEmpty(path.child('gateway'), scaleIO.gateway), ...nonEmpty(path.child('system'), scaleIO.system), ...nonEmpty(path.child('volumeName'), scaleIO.volumeName)];
  return [];
}

function validateSecretName(secret: { readonly name?: string | undefined } | undefined, path: FieldPath): FieldError[] {
  return secret === undefined ? [] : nonEmpty(path.child('secretRef', 'name'), secret.name);
}

function validatePartition(partition: number | undefined, path: FieldPath): FieldError[] {
  return partition === undefined || (partition >= 0 && partition <= 255) ? [] : [invalid(path.child('partition'), partition, 'must be between 1 and 255, inclusive')];
}

const lunRange = 'must be between 0 and 255, inclusive';
const iqn = /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/;
const eui = /^eui.[A-Za-z0-9]{16}$/;
const naa = /^naa.[A-Za-z0-9]{32}$/;

function validateIscsi(iscsi: corev1.ISCSIVolumeSource, name: string, parent: FieldPath): FieldError[] {
  const path = parent.child('iscsi');
  const errors = [...nonEmpty(path.child('targetPortal'), iscsi.targetPortal)];
  errors.push(...(iscsi.iqn ? validateInitiator(iscsi.iqn, path.child('iqn')) : [required(path.child('iqn'))]));
  if (iscsi.lun < 0 || iscsi.lun > 255) errors.push(invalid(path.child('lun'), iscsi.lun, lunRange));
  if ((iscsi.chapAuthDiscovery === true || iscsi.chapAuthSession === true) && iscsi.secretRef === undefined) errors.push(required(path.child('secretRef')));
  if (iscsi.initiatorName !== undefined) {
    errors.push(...validateInitiator(iscsi.initiatorName, path.child('initiatorname')));
    if (`${name}:${iscsi.targetPortal}`.length > 64) errors.push(invalid(parent.child('name'), name, 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'));
  }
  return errors;
}

function validateInitiator(name: string, path: FieldPath): FieldError[] {
  const form = name.startsWith('iqn') ? iqn : name.startsWith('eui') ? eui : name.startsWith('naa') ? naa : undefined;
  if (form === undefined) return [invalid(path, name, 'must be valid format starting with iqn, eui, or naa')];
  return form.test(name) ? [] : [invalid(path, name, 'must be valid format')];
}

function validateFc({ targetWWNs = [], wwids = [], lun }: corev1.FCVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (targetWWNs.length === 0 && wwids.length === 0) errors.push(required(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length > 0 && wwids.length > 0) errors.push(invalid(path.child('targetWWNs'), targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length === 0) return errors;
  if (lun === undefined) errors.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, lunRange));
  return errors;
}

function validateFlocker({ datasetName = '', datasetUUID = '' }: corev1.FlockerVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (datasetName === '' && datasetUUID === '') errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName !== '' && datasetUUID !== '') errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName.includes('/')) errors.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"));
  return errors;
}

const registries = 'must be a host:port pair or multiple pairs separated by commas';

function validateQuobyte({ registry, tenant, volume }: corev1.QuobyteVolumeSource, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (!registry) errors.push(required(path.child('registry'), registries));
  else if ((tenant ?? '').length >= 65) errors.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else for (const pair of registry.split(',')) if (!/^(\[[^\]]*\]|[^:]*):[^:]*$/.test(pair)) errors.push(invalid(path.child('registry'), registry, registries));
  return [...errors, ...nonEmpty(path.child('volume'), volume)];
}

function validateFlex({ driver, options }: corev1.FlexVolumeSource, path: FieldPath): FieldError[] {
  const errors = [...nonEmpty(path.child('driver'), driver)];
  for (const key of Object.keys(options ?? {})) {
    const namespace = `.${(key.split('/')[0] ?? '').toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) errors.push(invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
  return errors;
}

function validateAzureDisk({ diskName, diskURI, cachingMode, kind }: corev1.AzureDiskVolumeSource, path: FieldPath): FieldError[] {
  const at = path.child('diskURI');
  const errors = [
    ...nonEmpty(path.child('diskName'), diskName),
    ...nonEmpty(at, diskURI),
    ...supportedOnly(path.child('cachingMode'), cachingMode, ['None', 'ReadOnly', 'ReadWrite']),
    ...supportedOnly(path.child('kind'), kind, ['Dedicated', 'Managed', 'Shared']),
  ];
  const uri = diskURI ?? '';
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/')) errors.push(notSupported(at, uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']));
  if (kind !== undefined && kind !== 'Managed' && !uri.startsWith('https://')) errors.push(notSupported(at, uri, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']));
  return errors;
}
