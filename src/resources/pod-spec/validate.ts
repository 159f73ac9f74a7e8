/**
 * Validation of a Pod's spec, alone or inside a workload's template.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodTemplateSpec)
 */
import { forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { atLeastZero, checkedText, invalidFor, nonEmpty, oneOf, supportedOnly, Unique } from '../validation/fields.ts';
import { validateAnnotations, validateLabels } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName, checkRange } from '../validation/names.ts';
import { validateAmount, validateRequirements } from '../validation/resource-lists.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers, type PodFacts } from './containers.ts';
import { validateHostSettings } from './host-settings.ts';
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.ts';
import { validatePodSecurity } from './security-context.ts';
import { validateVolumes } from './volumes.ts';

const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const restartPolicies = ['Always', 'Never', 'OnFailure'];

/** The template of a workload: metadata's labels and annotations, and the spec. */
export function validatePodTemplate(template: corev1.PodTemplateSpec | undefined, path: FieldPath): FieldError[] {
  const spec = template?.spec;
  const errors = [
    ...validateLabels(template?.metadata?.labels, path.child('labels')),
    ...validateAnnotations(template?.metadata?.annotations, path.child('annotations')),
    ...validatePodSpec(spec, path.child('spec')),
  ];
  if ((spec?.ephemeralContainers ?? []).length > 0) errors.push(forbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
  return errors;
}

export function validatePodSpec(given: corev1.PodSpec | undefined, path: FieldPath): FieldError[] {
  const spec: corev1.PodSpec = given ?? { containers: [] };
  const facts: PodFacts = {
    spec,
    volumes: new Map((spec.volumes ?? []).map((volume) => [volume.name, volume])),
    claimNames: new Set((spec.resourceClaims ?? []).map(({ name }) => name)),
    graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
  };
  return [
    ...validateVolumes(spec.volumes ?? [], path.child('volumes')),
    ...validateContainers(spec.containers ?? [], facts, path.child('containers')),
    ...validateInitContainers(spec.initContainers ?? [], facts, path.child('initContainers')),
    ...validateEphemeralContainers(spec.ephemeralContainers ?? [], facts, path.child('ephemeralContainers')),
    ...oneOf(path.child('restartPolicy'), spec.restartPolicy, restartPolicies),
    ...oneOf(path.child('dnsPolicy'), spec.dnsPolicy, dnsPolicies),
    ...validateLifetime(spec, path),
    ...validatePlacement(spec, path),
    ...validatePodSecurity(spec.securityContext, spec, path.child('securityContext')),
    ...validateReferences(spec, path),
    ...validateHostSettings(spec, path),
    ...validateHostUsers(spec, path),
    ...validateRequirements(spec.resources, path.child('resources')),
  ];
}

function validateLifetime(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const { activeDeadlineSeconds: deadline, terminationGracePeriodSeconds: grace, preemptionPolicy } = spec;
  return [
    ...(deadline === undefined ? [] : invalidFor(path.child('activeDeadlineSeconds'), deadline, checkRange(deadline, 1, 2 ** 31 - 1))),
    ...atLeastZero(path.child('terminationGracePeriodSeconds'), grace),
    ...supportedOnly(path.child('preemptionPolicy'), preemptionPolicy, ['Never', 'PreemptLowerPriority']),
  ];
}

function validatePlacement(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  return [
    ...validateLabels(spec.nodeSelector, path.child('nodeSelector')),
    ...(spec.nodeName ? invalidFor(path.child('nodeName'), spec.nodeName, checkDnsSubdomain(spec.nodeName)) : []),
    ...validateAffinity(spec.affinity, path.child('affinity')),
    ...validateTolerations(spec.tolerations ?? [], path.child('tolerations')),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], path.child('topologySpreadConstraints')),
    ...(spec.priorityClassName ? invalidFor(path.child('priorityClassName'), spec.priorityClassName, checkDnsSubdomain(spec.priorityClassName)) : []),
    ...validateGates(spec, path),
    ...Object.entries(spec.overhead ?? {}).flatMap(([name, amount]) => validateAmount(name, amount, path.child('overhead').key(name))),
    ...(spec.os === undefined ? [] : spec.os.name ? (['linux', 'windows'].includes(spec.os.name) ? [] : [notSupported(path.child('os'), spec.os.name, ['linux', 'windows'])]) : [required(path.child('os', 'name'), 'cannot be empty')]),
  ];
}

function validateGates(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const gates = new Unique();
  return [
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, i) => invalidFor(path.child('readinessGates').index(i).child('conditionType'), conditionType, checkQualifiedName(conditionType ?? ''))),
    ...(spec.schedulingGates ?? []).flatMap(({ name }, i) => {
      const at = path.child('schedulingGates').index(i);
      return [...invalidFor(at, name, checkQualifiedName(name ?? '')), ...gates.check(at, name)];
    }),
    ...(spec.nodeName && (spec.schedulingGates ?? []).length > 0 ? [forbidden(path.child('nodeName'), 'cannot be set until all schedulingGates have been cleared')] : []),
  ];
}

function validateReferences(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const claims = new Unique();
  return [
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, i) => nonEmpty(path.child('imagePullSecrets').index(i).child('name'), name)),
    ...(spec.serviceAccountName ? invalidFor(path.child('serviceAccountName'), spec.serviceAccountName, checkDnsSubdomain(spec.serviceAccountName)) : []),
    ...(spec.runtimeClassName ? invalidFor(path.child('runtimeClassName'), spec.runtimeClassName, checkDnsSubdomain(spec.runtimeClassName)) : []),
    ...(spec.resourceClaims ?? []).flatMap((claim, i) => {
      const at = path.child('resourceClaims').index(i);
      const errors = [...checkedText(at.child('name'), claim.name, checkDnsLabel), ...claims.check(at.child('name'), claim.name)];
      const sources = [claim.resourceClaimName, claim.resourceClaimTemplateName].filter((name) => name !== undefined).length;
      if (sources > 1) errors.push(invalid(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
      if (sources === 0) errors.push(invalid(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
      return errors;
    }),
  ];
}

/** A Pod with its own user namespace cannot share the host's other namespaces. */
function validateHostUsers(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  if (spec.hostUsers !== false) return [];
  return (['hostNetwork', 'hostPID', 'hostIPC'] as const).flatMap((name) => (spec[name] === true ? [forbidden(path.child(name), 'when `hostUsers` is false')] : []));
}
