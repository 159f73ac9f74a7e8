/**
 * Validation of a container's mounts and raw devices.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateVolumeMounts, ValidateVolumeDevices)
 */
import { forbidden, invalid, notFound, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { nonEmpty, supportedOnly } from '../validation/fields.ts';
import { validateRelativePath } from './paths.ts';

/** The Pod's volumes by name. */
export type Volumes = ReadonlyMap<string, corev1.Volume>;

export function validateVolumeMounts(container: corev1.Container, volumes: Volumes, path: FieldPath): FieldError[] {
  const paths = new Set<string>();
  const devices = new Set((container.volumeDevices ?? []).map((device) => device.name));
  return (container.volumeMounts ?? []).flatMap((mount, i) => {
    const at = path.index(i);
    const errors = nonEmpty(at.child('name'), mount.name);
    if (mount.name && !volumes.has(mount.name)) errors.push(notFound(at.child('name'), mount.name));
    errors.push(...nonEmpty(at.child('mountPath'), mount.mountPath));
    if (mount.mountPath && paths.has(mount.mountPath)) errors.push(invalid(at.child('mountPath'), mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (devices.has(mount.name)) errors.push(invalid(at.child('name'), mount.name, 'must not already exist in volumeDevices'));
    return [...errors, ...validateSubPaths(mount, at), ...validatePropagation(mount, container, at)];
  });
}

function validateSubPaths({ subPath, subPathExpr }: corev1.VolumeMount, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (subPath) errors.push(...validateRelativePath(subPath, path.child('subPath')));
  if (subPathExpr) {
    if (subPath) errors.push(invalid(path.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
    errors.push(...validateRelativePath(subPathExpr, path.child('subPathExpr')));
  }
  return errors;
}

function validatePropagation({ mountPropagation, recursiveReadOnly, readOnly }: corev1.VolumeMount, container: corev1.Container, path: FieldPath): FieldError[] {
  const errors = supportedOnly(path.child('mountPropagation'), mountPropagation, ['Bidirectional', 'HostToContainer', 'None']);
  if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    errors.push(forbidden(path.child('mountPropagation'), 'Bidirectional mount propagation is available only to privileged containers'));
  }
  if (recursiveReadOnly !== undefined && recursiveReadOnly !== 'Disabled') {
    if (readOnly !== true) errors.push(forbidden(path.child('recursiveReadOnly'), 'may only be specified when readOnly is true'));
    if (mountPropagation !== undefined && mountPropagation !== 'None') errors.push(forbidden(path.child('recursiveReadOnly'), 'may only be specified when mountPropagation is None or not specified'));
    errors.push(...supportedOnly(path.child('recursiveReadOnly'), recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible']));
  }
  return errors;
}

export function validateVolumeDevices(container: corev1.Container, volumes: Volumes, path: FieldPath): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  return (container.volumeDevices ?? []).flatMap((device, i) => {
    const at = path.index(i);
    const errors: FieldError[] = [];
    const volume = volumes.get(device.name);
    if (!device.name) errors.push(required(at.child('name')));
    else if (volume === undefined) errors.push(notFound(at.child('name'), device.name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) errors.push(invalid(at.child('name'), device.name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (names.has(device.name)) errors.push(invalid(at.child('name'), device.name, 'must be unique'));
    names.add(device.name);
    if (!device.devicePath) errors.push(required(at.child('devicePath')));
    else if (paths.has(device.devicePath)) errors.push(invalid(at.child('devicePath'), device.devicePath, 'must be unique'));
    paths.add(device.devicePath);
    return errors;
  });
}
