/**
 * The annotations of Pods and templates that have rules of their own.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotations, ValidatePodSpecificAnnotationUpdates)
 */
import { forbidden, invalid, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { validateRelativePath } from './paths.ts';

type Annotations = Readonly<Record<string, string>>;

/** On the object that stands for a static Pod of a node. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';
/** Which Pods a ReplicaSet removes first. */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

export function validatePodAnnotations(annotations: Annotations, spec: corev1.PodSpec | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(annotations)) {
    if (key === mirrorAnnotation && !spec?.nodeName) errors.push(invalid(path.key(key), value, 'must set spec.nodeName if mirror pod annotation is set'));
    else if (key === deletionCostAnnotation && !isInt32(value)) errors.push(invalid(path.key(key), value, 'must be a 32bit integer'));
    else if (key === seccompPod || key.startsWith(seccompContainerPrefix)) errors.push(...validateSeccompName(value, path.child(key)));
    else if (key.startsWith(appArmorPrefix)) errors.push(...validateAppArmorName(key, value, spec, path.key(key)));
  }
  return errors;
}

/** Whole, in 32 bits, and written as it is printed: no plus sign, no leading zero. */
const isInt32 = (text: string): boolean => /^(0|-?[1-9][0-9]{0,9})$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;

function validateSeccompName(name: string, path: FieldPath): FieldError[] {
  if (name === 'runtime/default' || name === 'docker/default' || name === 'unconfined') return [];
  return name.startsWith('localhost/') ? validateRelativePath(name.slice('localhost/'.length), path) : [invalid(path, name, 'must be a valid seccomp profile')];
}

function validateAppArmorName(key: string, profile: string, spec: corev1.PodSpec | undefined, path: FieldPath): FieldError[] {
  const container = key.slice(appArmorPrefix.length);
  const known = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), ...(spec?.ephemeralContainers ?? [])].some(({ name }) => name === container);
  const errors = known ? [] : [invalid(path, container, 'container not found')];
  const good = profile === '' || profile === 'runtime/default' || profile === 'unconfined' || profile.startsWith('localhost/');
  return good ? errors : [...errors, invalid(path, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)];
}

const isFixed = (key: string): boolean => key === mirrorAnnotation || key.startsWith(appArmorPrefix);
const nounOf = (key: string): string => (key === mirrorAnnotation ? 'mirror pod annotation' : 'AppArmor annotations');

/** Annotations that say how a Pod was started cannot come or go later. */
export function validateAnnotationChanges(now: Annotations, before: Annotations, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(before)) if (isFixed(key) && now[key] !== before[key]) errors.push(forbidden(path.key(key), `may not remove or update ${nounOf(key)}`));
  for (const key of Object.keys(now)) if (isFixed(key) && !(key in before)) errors.push(forbidden(path.key(key), `may not add ${nounOf(key)}`));
  return errors;
}
