/**
 * What a Pod may say of Windows, and when it names its operating system: nothing that is another system's.
 * Upstream: pkg/apis/core/validation/validation.go (validateOS, validateLinux, validateWindows, validateWindowsSecurityContextOptions,
 * validateWindowsHostProcessPod)
 */
import { forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkDnsSubdomain } from '../validation/names.ts';

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

const most = { specKiB: 64, domain: 256, user: 104 };
/** A NetBIOS name: fifteen characters, none of those that paths need, and no period in front. */
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;

export function validateWindowsOptions({ gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName: user }: corev1.WindowsSecurityContextOptions, path: FieldPath): FieldError[] {
  const errors = specName === undefined ? [] : invalidFor(path.child('gmsaCredentialSpecName'), specName, checkDnsSubdomain(specName));
  if (spec === '') errors.push(invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (spec !== undefined && Buffer.byteLength(spec) > most.specKiB * 1024) errors.push(invalid(path.child('gmsaCredentialSpec'), spec, `gmsaCredentialSpec size must be under ${most.specKiB} KiB`));
  return user === undefined ? errors : [...errors, ...invalidFor(path.child('runAsUserName'), user, checkUserName(user))];
}

/** USER or DOMAIN\\USER. */
function checkUserName(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/[\x00-\x1f\x7f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const problems: string[] = [];
  if (domain !== undefined && domain.length >= most.domain) problems.push(`runAsUserName's Domain length must be under ${most.domain} characters`);
  if (domain !== undefined && !netBios.test(domain) && !dnsName.test(domain)) problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') problems.push("runAsUserName's User cannot be empty");
  else if (user.length > most.user) problems.push(`runAsUserName's User length must not be longer than ${most.user} characters`);
  if (/^[. ]+$/.test(user)) problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) problems.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return problems;
}

/** Containers that are processes of the host: all of a Pod's are, or none, and they have the host's network. */
export function validateHostProcesses(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const errors: FieldError[] = [];
  let [all, onHost] = [0, 0];
  for (const list of lists) {
    for (const [i, { securityContext }] of (spec[list] ?? []).entries()) {
      const own = securityContext?.windowsOptions?.hostProcess;
      const at = path.child(list).index(i).child('securityContext', 'windowsOptions', 'hostProcess');
      if (ofPod !== undefined && own !== undefined && own !== ofPod) errors.push(invalid(at, own, `pod hostProcess value must be identical if both are specified, was ${ofPod}`));
      all++;
      if (own ?? ofPod ?? false) onHost++;
    }
  }
  if (onHost === 0) return errors;
  if (onHost !== all) errors.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (spec.hostNetwork !== true) errors.push(invalid(path.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'));
  return errors;
}
