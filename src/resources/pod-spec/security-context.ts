/**
 * Validation of security contexts.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateSecurityContext, validatePodSpecSecurityContext)
 */
import { invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { supportedOnly, Unique } from '../validation/fields.ts';

const largestId = 2 ** 31 - 1;

function validateId(path: FieldPath, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= largestId) ? [] : [invalid(path, id, `must be between 0 and ${largestId}, inclusive`)];
}

export function validateContainerSecurity(context: corev1.SecurityContext | undefined, path: FieldPath): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...validateId(path.child('runAsUser'), context.runAsUser),
    ...validateId(path.child('runAsGroup'), context.runAsGroup),
    ...supportedOnly(path.child('procMount'), context.procMount, ['Default', 'Unmasked']),
    ...validateSeccomp(context.seccompProfile, path.child('seccompProfile')),
    ...validateAppArmor(context.appArmorProfile, path.child('appArmorProfile')),
  ];
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    if ((context.capabilities?.add ?? []).some((name) => name === 'SYS_ADMIN' || name === 'CAP_SYS_ADMIN')) {
      errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
    }
  }
  return errors;
}

export function validatePodSecurity(context: corev1.PodSecurityContext | undefined, spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  if (context === undefined) return [];
  const sysctls = new Unique();
  return [
    ...validateId(path.child('fsGroup'), context.fsGroup),
    ...validateId(path.child('runAsUser'), context.runAsUser),
    ...validateId(path.child('runAsGroup'), context.runAsGroup),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => validateId(path.child('supplementalGroups').index(i), id)),
    ...(spec.shareProcessNamespace === true && spec.hostPID === true ? [invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled')] : []),
    ...supportedOnly(path.child('fsGroupChangePolicy'), context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...supportedOnly(path.child('supplementalGroupsPolicy'), context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...(context.sysctls ?? []).flatMap(({ name }, i) => {
      const at = path.child('sysctls').index(i).child('name');
      if (!name) return [required(at)];
      return name.length <= 253 && /^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/.test(name) ? sysctls.check(at, name)
        : [invalid(at, name, 'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$')];
    }),
    ...validateSeccomp(context.seccompProfile, path.child('seccompProfile')),
    ...validateAppArmor(context.appArmorProfile, path.child('appArmorProfile')),
  ];
}

interface Profile {
  readonly type: string;
  readonly localhostProfile?: string | undefined;
}

function validateSeccomp(profile: Profile | undefined, path: FieldPath): FieldError[] {
  return validateProfile(profile, path, 'seccomp');
}

function validateAppArmor(profile: Profile | undefined, path: FieldPath): FieldError[] {
  return validateProfile(profile, path, 'AppArmor');
}

function validateProfile(profile: Profile | undefined, path: FieldPath, which: 'seccomp' | 'AppArmor'): FieldError[] {
  if (profile === undefined) return [];
  if (!profile.type) return [required(path.child('type'), `type is required when ${which === 'seccomp' ? 'seccompProfile' : 'appArmorProfile'} is set`)];
  const local = path.child('localhostProfile');
  if (profile.type === 'Localhost' && !profile.localhostProfile) return [required(local, `must be set when ${which} type is Localhost`)];
  if (profile.type !== 'Localhost' && profile.localhostProfile) {
    return [invalid(local, profile.localhostProfile, `can only be set when ${which} type is Localhost`)];
  }
  return supportedOnly(path.child('type'), profile.type, ['Localhost', 'RuntimeDefault', 'Unconfined']);
}
