/**
 * Validation of a container's mounts and raw devices.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateVolumeMounts, ValidateVolumeDevices)
 */
import { forbidden, invalid, notFound, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { supportedOnly } from '../validation/fields.ts';
import { validateNoBackstep, validateRelativePath } from './paths.ts';

/** The Pod's volumes by name. */
export type Volumes = ReadonlyMap<string, corev1.Volume>;

export function validateVolumeMounts(container: corev1.Container, volumes: Volumes, path: FieldPath): FieldError[] {
  const mounts = container.volumeMounts ?? [];
  const devices = container.volumeDevices ?? [];
  const paths = new Set<string>();
  const errors: FieldError[] = [];
  mounts.forEach((mount, i) => {
    const at = path.index(i);
    const { name = '', mountPath = '' } = mount;
    const volume = volumes.get(name);
    if (name === '') errors.push(required(at.child('name')));
    if (volume === undefined) errors.push(notFound(at.child('name'), name));
    if (mountPath === '') errors.push(required(at.child('mountPath')));
    if (paths.has(mountPath)) errors.push(invalid(at.child('mountPath'), mountPath, 'must be unique'));
    paths.add(mountPath);
    if (devices.some((device) => device.name === name)) errors.push(invalid(at.child('name'), name, 'must not already exist in volumeDevices'));
    if (devices.some(({ devicePath }) => devicePath === mountPath)) errors.push(invalid(at.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    if (mount.subPath || mount.subPathExpr) errors.push(...validateSubPaths(mount, volume, at, path));
    // Upstream's paths of these leave the index out.
    if (mount.mountPropagation !== undefined) errors.push(...validatePropagation(mount.mountPropagation, container, path.child('mountPropagation')));
    if (mount.recursiveReadOnly !== undefined) errors.push(...validateRecursive(mount, path.child('recursiveReadOnly')));
  });
  return errors;
}

/** `at` names the mount, `path` all mounts: upstream's messages about the path's form leave the index out. */
function validateSubPaths({ subPath, subPathExpr }: corev1.VolumeMount, volume: corev1.Volume | undefined, at: FieldPath, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const ofImage = volume?.image !== undefined;
  if (ofImage && subPath) errors.push(invalid(at.child('subPath'), subPath, 'not allowed in image volume sources'));
  if (ofImage && subPathExpr) errors.push(invalid(at.child('subPathExpr'), subPathExpr, 'not allowed in image volume sources'));
  if (subPath) errors.push(...validateRelativePath(subPath, path.child('subPath')));
  if (subPathExpr) {
    if (subPath) errors.push(invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
    errors.push(...validateRelativePath(subPathExpr, path.child('subPathExpr')));
  }
  return errors;
}

function validatePropagation(mode: string, container: corev1.Container, path: FieldPath): FieldError[] {
  const errors = supportedOnly(path, mode, ['Bidirectional', 'HostToContainer', 'None']);
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  return errors;
}

function validateRecursive({ recursiveReadOnly, readOnly, mountPropagation }: corev1.VolumeMount, path: FieldPath): FieldError[] {
  if (recursiveReadOnly === 'Disabled') return [];
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') return [notSupported(path, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])];
  const errors: FieldError[] = [];
  if (readOnly !== true) errors.push(forbidden(path, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None') errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  return errors;
}

export function validateVolumeDevices(container: corev1.Container, volumes: Volumes, path: FieldPath): FieldError[] {
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  return (container.volumeDevices ?? []).flatMap(({ name = '', devicePath = '' }, i) => {
    const at = path.index(i);
    const errors: FieldError[] = [];
    const volume = volumes.get(name);
    if (name === '') errors.push(required(at.child('name')));
    if (names.has(name)) errors.push(invalid(at.child('name'), name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(at.child('name'), name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) errors.push(invalid(at.child('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (devicePath === '') errors.push(required(at.child('devicePath')));
    if (paths.has(devicePath)) errors.push(invalid(at.child('devicePath'), devicePath, 'must be unique'));
    if (validateNoBackstep(devicePath, at).length > 0) errors.push(invalid(at.child('devicePath'), devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) errors.push(invalid(at.child('name'), name, 'must not already exist in volumeMounts'));
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) errors.push(invalid(at.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts'));
    names.add(name);
    return errors;
  });
}
