/**
 * Validation of a Pod's volumes. The types whose drivers live outside k8ts are in network-disks.ts.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateVolumes)
 */
import { duplicate, forbidden, invalid, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { compareQuantities, isQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, invalidFor, nonEmpty, oneOf, supportedOnly } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';
import { validateClaimTemplate } from './claim-spec.ts';
import { validateNetworkDisk } from './network-disks.ts';
import { validateNoBackstep } from './paths.ts';
import { validateDownwardFiles, validateItems, validateMode, validateProjected } from './volume-files.ts';

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** The order in which upstream looks for sources: the first one set is the volume's, the others are surplus. */
const sourceOrder = [
  'emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs', 'flocker', 'persistentVolumeClaim', 'rbd', 'cinder', 'cephfs',
  'quobyte', 'downwardAPI', 'fc', 'flexVolume', 'configMap', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos', 'projected', 'scaleIO',
  'csi', 'ephemeral', 'image',
] as const;
type SourceName = (typeof sourceOrder)[number];

/** How upstream writes a surplus source, where that is not its name. */
const surplusNames: Readonly<Partial<Record<SourceName, string>>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

/** How many sources a volume sets: one where it is valid. */
function sourceCount(volume: corev1.Volume | Draft<corev1.Volume>): number {
  let count = 0;
  for (const key in volume) if (key !== 'name' && volume[key as SourceName] !== undefined && volume[key as SourceName] !== null) count++;
  return count;
}

export const hasSource = (volume: corev1.Volume | Draft<corev1.Volume>): boolean => sourceCount(volume) > 0;

/** What the rules of some volumes need to know of the Pod; a template has no name yet. */
export interface VolumeContext {
  readonly podName: string | undefined;
  readonly isPod: boolean;
}

export function validateVolumes(volumes: readonly corev1.Volume[], path: FieldPath, context: VolumeContext): FieldError[] {
  const names = new Set<string>();
  const made = new Set(context.podName === undefined ? [] : volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${context.podName ?? ''}-${name}`));
  const errors: FieldError[] = [];
  volumes.forEach((volume, i) => {
    const at = path.index(i);
    const own = validateSource(volume, at, context);
    own.push(...checkedText(at.child('name'), volume.name, checkDnsLabel));
    if (names.has(volume.name)) own.push(duplicate(at.child('name'), volume.name));
    if (own.length === 0) names.add(volume.name);
    errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && made.has(claim)) errors.push(invalid(at.child('persistentVolumeClaim', 'claimName'), claim, 'must not reference a PVC that gets created for an ephemeral volume'));
  });
  return errors;
}

function validateSource(volume: corev1.Volume, path: FieldPath, context: VolumeContext): FieldError[] {
  const count = sourceCount(volume);
  if (count === 0) return [required(path, 'must specify a volume type')];
  const errors: FieldError[] = [];
  let found = false;
  for (const name of sourceOrder) {
    if (volume[name] === undefined || volume[name] === null) continue;
    if (found) errors.push(forbidden(path.child(surplusNames[name] ?? name), 'may not specify more than 1 volume type'));
    else errors.push(...validateByType(volume, name, path, context));
    found = true;
    if (count === 1) break;
  }
  return errors;
}

function validateByType(volume: corev1.Volume, source: SourceName, parent: FieldPath, context: VolumeContext): FieldError[] {
  const path = parent.child(source);
  const { emptyDir, hostPath, secret, configMap, downwardAPI, projected, persistentVolumeClaim, nfs, csi, ephemeral, image } = volume;
  switch (source) {
    case 'emptyDir':
      return emptyDir === undefined ? [] : validateEmptyDir(emptyDir, path);
    case 'hostPath':
      return hostPath === undefined ? [] : validateHostPath(hostPath, path);
    case 'secret':
      return [...nonEmpty(path.child('secretName'), secret?.secretName), ...validateMode(secret?.defaultMode, path.child('defaultMode')), ...validateItems(secret?.items, path)];
    case 'configMap':
      return [...nonEmpty(path.child('name'), configMap?.name), ...validateMode(configMap?.defaultMode, path.child('defaultMode')), ...validateItems(configMap?.items, path)];
    case 'downwardAPI':
      return [...validateMode(downwardAPI?.defaultMode, path.child('defaultMode')), ...validateDownwardFiles(downwardAPI?.items, path)];
    case 'projected':
      return projected === undefined ? [] : validateProjected(projected, path);
    case 'persistentVolumeClaim':
      return nonEmpty(path.child('claimName'), persistentVolumeClaim?.claimName);
    case 'nfs':
      return nfs === undefined ? [] : validateNfs(nfs, path);
    case 'csi':
      return csi === undefined ? [] : validateInlineCsi(csi, path);
    case 'ephemeral':
      return ephemeral === undefined ? [] : validateEphemeral(ephemeral, volume.name, parent, context);
    case 'image':
      return [...(context.isPod ? nonEmpty(path.child('reference'), image?.reference) : []), ...oneOf(path.child('pullPolicy'), image?.pullPolicy, pullPolicies)];
    default:
      return validateNetworkDisk(volume, source, parent);
  }
}

function validateEmptyDir({ sizeLimit }: corev1.EmptyDirVolumeSource, path: FieldPath): FieldError[] {
  if (sizeLimit === undefined || !isQuantity(sizeLimit) || compareQuantities(sizeLimit, '0') >= 0) return [];
  return [forbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity')];
}

export function validateHostPath(hostPath: corev1.HostPathVolumeSource, path: FieldPath): FieldError[] {
  if (!hostPath.path) return [required(path.child('path'))];
  return [...validateNoBackstep(hostPath.path, path.child('path')), ...supportedOnly(path.child('type'), hostPath.type, hostPathTypes)];
}

export function validateNfs(nfs: corev1.NFSVolumeSource, path: FieldPath): FieldError[] {
  const errors = [...nonEmpty(path.child('server'), nfs.server), ...nonEmpty(path.child('path'), nfs.path)];
  if (!(nfs.path ?? '').startsWith('/')) errors.push(invalid(path.child('path'), nfs.path ?? '', 'must be an absolute path'));
  return errors;
}

export function validateCsiDriverName(name: string | undefined, path: FieldPath): FieldError[] {
  const given = name ?? '';
  const errors = given === '' ? [required(path)] : [];
  if (given.length > 63) errors.push(tooLong(path, 63));
  return [...errors, ...invalidFor(path, given, checkDnsSubdomain(given.toLowerCase()))];
}

function validateInlineCsi(csi: corev1.CSIVolumeSource, path: FieldPath): FieldError[] {
  const errors = validateCsiDriverName(csi.driver, path.child('driver'));
  const secret = csi.nodePublishSecretRef;
  if (secret === undefined) return errors;
  if (!secret.name) return [...errors, required(path.child('nodePublishSecretRef', 'name'))];
  return [...errors, ...invalidFor(path.child('name'), secret.name, checkDnsSubdomain(secret.name))];
}

function validateEphemeral({ volumeClaimTemplate: template }: corev1.EphemeralVolumeSource, name: string, parent: FieldPath, { podName }: VolumeContext): FieldError[] {
  const path = parent.child('ephemeral', 'volumeClaimTemplate');
  const errors = template === undefined ? [required(path)] : validateClaimTemplate(template, path);
  if (podName === undefined || !name) return errors;
  const claim = `${podName}-${name}`;
  return [...errors, ...checkDnsSubdomain(claim).map((problem) => invalid(parent.child('name'), name, `PVC name ${JSON.stringify(claim)}: ${problem}`))];
}
