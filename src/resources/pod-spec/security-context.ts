/**
 * Validation of security contexts.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateSecurityContext, validatePodSpecSecurityContext)
 */
import { duplicate, invalid, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { oneOf, supportedOnly } from '../validation/fields.ts';
import { validateRelativePath } from './paths.ts';
import { validateWindowsOptions } from './windows.ts';

const largestId = 2 ** 31 - 1;

function validateId(path: FieldPath, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= largestId) ? [] : [invalid(path, id, `must be between 0 and ${largestId}, inclusive`)];
}

/** `hostUsers`: the container's users are the host's. */
export function validateContainerSecurity(context: corev1.SecurityContext, path: FieldPath, hostUsers: boolean): FieldError[] {
  const errors = [...validateId(path.child('runAsUser'), context.runAsUser), ...validateId(path.child('runAsGroup'), context.runAsGroup), ...supportedOnly(path.child('procMount'), context.procMount, ['Default', 'Unmasked'])];
  if (hostUsers && context.procMount === 'Unmasked') errors.push(invalid(path.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  errors.push(...validateSeccomp(context.seccompProfile, path.child('seccompProfile')));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  }
  if (context.windowsOptions !== undefined) errors.push(...validateWindowsOptions(context.windowsOptions, path.child('windowsOptions')));
  return [...errors, ...validateAppArmor(context.appArmorProfile, path.child('appArmorProfile'))];
}

export function validatePodSecurity(context: corev1.PodSecurityContext, spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const errors = [...validateId(path.child('fsGroup'), context.fsGroup), ...validateId(path.child('runAsUser'), context.runAsUser), ...validateId(path.child('runAsGroup'), context.runAsGroup)];
  (context.supplementalGroups ?? []).forEach((id, i) => errors.push(...validateId(path.child('supplementalGroups').index(i), id)));
  if (spec.shareProcessNamespace === true && spec.hostPID === true) errors.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  if (context.sysctls !== undefined) errors.push(...validateSysctls(context.sysctls, spec, path.child('sysctls')));
  errors.push(
    ...supportedOnly(path.child('fsGroupChangePolicy'), context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...validateSeccomp(context.seccompProfile, path.child('seccompProfile')),
    ...validateAppArmor(context.appArmorProfile, path.child('appArmorProfile')),
    ...supportedOnly(path.child('supplementalGroupsPolicy'), context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...supportedOnly(path.child('seLinuxChangePolicy'), context.seLinuxChangePolicy, ['MountOption', 'Recursive']),
  );
  return context.windowsOptions === undefined ? errors : [...errors, ...validateWindowsOptions(context.windowsOptions, path.child('windowsOptions'))];
}

const sysctlForm = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const sysctlSegment = /^[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const longestSysctl = 253;

function validateSysctls(sysctls: readonly corev1.Sysctl[], spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  sysctls.forEach(({ name = '' }, i) => {
    const at = path.index(i).child('name');
    const fits = name.length <= longestSysctl && name.split(/[./]/).every((segment) => sysctlSegment.test(segment));
    if (name === '') errors.push(required(at));
    else if (!fits) errors.push(invalid(at, name, `must have at most ${longestSysctl} characters and match regex ${sysctlForm}`));
    else if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    const dotted = name.replaceAll('/', '.');
    if (spec.hostNetwork === true && dotted.startsWith('net.')) errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC === true && isIpcSysctl(dotted)) errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
  });
  return errors;
}

const ipcPrefixes = ['kernel.sem', 'kernel.shm', 'kernel.msg', 'fs.mqueue.'];
const isIpcSysctl = (name: string): boolean => ipcPrefixes.some((prefix) => name.startsWith(prefix));

interface Profile {
  readonly type: string;
  readonly localhostProfile?: string | undefined;
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccomp(profile: Profile | undefined, path: FieldPath): FieldError[] {
  if (profile === undefined) return [];
  const errors = profile.type ? supportedOnly(path.child('type'), profile.type, profileTypes) : [required(path.child('type'), 'type is required when seccompProfile is set')];
  const local = path.child('localhostProfile');
  const file = profile.localhostProfile;
  if (profile.type !== 'Localhost') {
    if (file !== undefined) errors.push(invalid(local, profile, 'can only be set when seccomp type is Localhost'));
  } else errors.push(...(file === undefined ? [required(local, 'must be set when seccomp type is Localhost')] : validateRelativePath(file, local)));
  return errors;
}

/** A path of the kernel's length, without the final zero. */
const longestProfileName = 4095;

function validateAppArmor(profile: Profile | undefined, path: FieldPath): FieldError[] {
  if (profile === undefined) return [];
  const local = path.child('localhostProfile');
  const name = profile.localhostProfile;
  if (!profile.type) return [required(path.child('type'), 'type is required when appArmorProfile is set')];
  if (profile.type !== 'Localhost') {
    const known = oneOf(path.child('type'), profile.type, profileTypes);
    return known.length === 0 && name !== undefined ? [invalid(local, name, 'can only be set when AppArmor type is Localhost')] : known;
  }
  if (name === undefined || name === '') return [required(local, 'must be set when AppArmor type is Localhost')];
  const errors = name === name.trim() ? [] : [invalid(local, name, 'must not be padded with whitespace')];
  return name.length > longestProfileName ? [...errors, tooLong(local, longestProfileName)] : errors;
}
