/**
 * What a Pod may say when it names its operating system: nothing that is another system's.
 * Upstream: pkg/apis/core/validation/validation.go (validateOS, validateLinux, validateWindows)
 */
import { forbidden, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';

export function validateOs(spec: corev1.PodSpec, { name }: corev1.PodOS, path: FieldPath): FieldError[] {
  if (!name) return [required(path.child('os', 'name'), 'cannot be empty')];
  if (name === 'linux') return validateLinux(spec, path);
  return name === 'windows' ? validateWindows(spec, path) : [notSupported(path.child('os'), name, ['linux', 'windows'])];
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Each container's security context that is set, with its path. */
function* contexts(spec: corev1.PodSpec, path: FieldPath): Iterable<readonly [corev1.SecurityContext, FieldPath]> {
  for (const list of lists) {
    for (const [i, { securityContext }] of (spec[list] ?? []).entries()) if (securityContext !== undefined) yield [securityContext, path.child(list).index(i).child('securityContext')];
  }
}

function validateLinux(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const message = 'windows options cannot be set for a linux pod';
  const errors: FieldError[] = [];
  if (spec.securityContext?.windowsOptions !== undefined) errors.push(forbidden(path.child('securityContext', 'windowsOptions'), message));
  for (const [context, at] of contexts(spec, path)) if (context.windowsOptions !== undefined) errors.push(forbidden(at.child('windowsOptions'), message));
  return errors;
}

const notOnWindows = 'cannot be set for a windows pod';
const podFields = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', 'runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy',
] as const;
const containerFields = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup',
] as const;

function validateWindows(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of podFields) if (spec.securityContext?.[field] !== undefined) errors.push(forbidden(path.child('securityContext', field), notOnWindows));
  for (const field of ['hostUsers', 'shareProcessNamespace'] as const) if (spec[field] !== undefined) errors.push(forbidden(path.child(field), notOnWindows));
  for (const field of ['hostPID', 'hostIPC'] as const) if (spec[field] === true) errors.push(forbidden(path.child(field), notOnWindows));
  for (const [context, at] of contexts(spec, path)) for (const field of containerFields) if (context[field] !== undefined) errors.push(forbidden(at.child(field), notOnWindows));
  return errors;
}
