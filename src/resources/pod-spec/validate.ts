/**
 * Validation of a Pod's spec, alone or inside a workload's template. It runs on each create: what is absent is not visited.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodTemplateSpec)
 */
import { duplicate, forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor, oneOf } from '../validation/fields.ts';
import { validateAnnotations, validateLabels } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName, checkRange } from '../validation/names.ts';
import { validateRequirements } from '../validation/resource-lists.ts';
import { validatePodAnnotations } from './annotations.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers, type PodFacts } from './containers.ts';
import { validateHostSettings } from './host-settings.ts';
import { validatePodResources } from './pod-resources.ts';
import { validateHostNetworkPorts } from './ports.ts';
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.ts';
import { validatePodSecurity } from './security-context.ts';
import { validateVolumes } from './volumes.ts';
import { validateHostProcesses, validateOs } from './windows.ts';

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const restartPolicies = ['Always', 'OnFailure', 'Never'];

/** The template of a workload: metadata's labels and annotations, and the spec. */
export function validatePodTemplate(template: corev1.PodTemplateSpec | undefined, path: FieldPath): FieldError[] {
  const spec = template?.spec;
  const errors = [...validateTemplateMetadata(template, path), ...validatePodSpec(spec, path.child('spec'))];
  if ((spec?.ephemeralContainers ?? []).length > 0) errors.push(forbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
  return errors;
}

/** Labels and annotations alone: a StatefulSet's Pods get volumes that its template does not have, so upstream looks no further there. */
export function validateTemplateMetadata(template: corev1.PodTemplateSpec | undefined, path: FieldPath): FieldError[] {
  const { labels, annotations } = template?.metadata ?? {};
  const errors = validateLabels(labels, path.child('labels'));
  if (annotations !== undefined) errors.push(...validateAnnotations(annotations, path.child('annotations')), ...validatePodAnnotations(annotations, template?.spec, path.child('annotations')));
  return errors;
}

/** `pod`: the Pod whose spec this is; absent for templates, of which less is asked. */
export function validatePodSpec(given: corev1.PodSpec | undefined, path: FieldPath, pod?: { readonly name: string | undefined }): FieldError[] {
  const spec: corev1.PodSpec = given ?? { containers: [] };
  const isPod = pod !== undefined;
  const errors = spec.volumes === undefined ? [] : validateVolumes(spec.volumes, path.child('volumes'), { podName: pod?.name, isPod });
  const facts = factsOf(spec, isPod);
  if (spec.resourceClaims !== undefined) errors.push(...validateClaims(spec.resourceClaims, path.child('resourceClaims')));
  errors.push(...validateContainers(spec.containers ?? [], facts, path.child('containers')));
  if (spec.initContainers !== undefined) errors.push(...validateInitContainers(spec.initContainers, facts, path.child('initContainers')));
  if (spec.ephemeralContainers !== undefined) errors.push(...validateEphemeralContainers(spec.ephemeralContainers, facts, path.child('ephemeralContainers')));
  if (spec.resources !== undefined) errors.push(...validatePodResources(spec, spec.resources, path.child('resources')));
  if (spec.hostNetwork === true) errors.push(...validateHostNetworkPorts(spec.containers ?? [], path.child('containers'), isPod));
  errors.push(...oneOf(path.child('restartPolicy'), spec.restartPolicy, restartPolicies), ...oneOf(path.child('dnsPolicy'), spec.dnsPolicy, dnsPolicies));
  if (spec.nodeSelector !== undefined) errors.push(...validateLabels(spec.nodeSelector, path.child('nodeSelector')));
  if (spec.securityContext !== undefined) errors.push(...validatePodSecurity(spec.securityContext, spec, path.child('securityContext')));
  if (spec.affinity !== undefined) errors.push(...validateAffinity(spec.affinity, path.child('affinity')));
  errors.push(...validateHostSettings(spec, path));
  if (spec.readinessGates !== undefined || spec.schedulingGates !== undefined) errors.push(...validateGates(spec, path));
  if (spec.topologySpreadConstraints !== undefined) errors.push(...validateTopologySpread(spec.topologySpreadConstraints, path.child('topologySpreadConstraints')));
  if (spec.hostUsers === false) errors.push(...validateHostUsers(spec, path));
  errors.push(...validateNames(spec, path), ...validateLifetime(spec, path));
  if (spec.tolerations !== undefined) errors.push(...validateTolerations(spec.tolerations, path.child('tolerations')));
  if (spec.overhead !== undefined) errors.push(...validateRequirements({ limits: spec.overhead }, path.child('overhead')));
  errors.push(...validateHostProcesses(spec, path));
  if (spec.os !== undefined) errors.push(...validateOs(spec, spec.os, path));
  return errors;
}

const noNames: ReadonlySet<string> = new Set();
const noVolumes: ReadonlyMap<string, corev1.Volume> = new Map();

function factsOf(spec: corev1.PodSpec, isPod: boolean): PodFacts {
  return {
    spec,
    volumes: spec.volumes === undefined ? noVolumes : new Map(spec.volumes.map((volume) => [volume.name, volume])),
    claimNames: spec.resourceClaims === undefined ? noNames : new Set(spec.resourceClaims.map(({ name }) => name)),
    graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
    isPod,
  };
}

function validateLifetime(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const { activeDeadlineSeconds: deadline, terminationGracePeriodSeconds: grace, preemptionPolicy } = spec;
  const errors = grace === undefined ? [required(path.child('terminationGracePeriodSeconds'))] : [];
  if (deadline !== undefined) errors.push(...invalidFor(path.child('activeDeadlineSeconds'), deadline, checkRange(deadline, 1, 2 ** 31 - 1)));
  if (preemptionPolicy !== undefined) errors.push(...oneOf(path.child('preemptionPolicy'), preemptionPolicy, ['PreemptLowerPriority', 'Never']));
  return errors;
}

const namedThings = ['serviceAccountName', 'nodeName', 'priorityClassName'] as const;

/** Names of other objects. */
function validateNames(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of namedThings) {
    const name = spec[field];
    if (name) errors.push(...invalidFor(path.child(field), name, checkDnsSubdomain(name)));
  }
  if (spec.runtimeClassName !== undefined) errors.push(...invalidFor(path.child('runtimeClassName'), spec.runtimeClassName, checkDnsSubdomain(spec.runtimeClassName)));
  return errors;
}

function validateGates({ readinessGates = [], schedulingGates = [] }: corev1.PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  readinessGates.forEach(({ conditionType = '' }, i) => errors.push(...invalidFor(path.child('readinessGates').index(i).child('conditionType'), conditionType, checkQualifiedName(conditionType))));
  const seen = new Set<string>();
  schedulingGates.forEach(({ name = '' }, i) => {
    const at = path.child('schedulingGates').index(i);
    errors.push(...invalidFor(at, name, checkQualifiedName(name)));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  });
  return errors;
}

function validateClaims(claims: readonly corev1.PodResourceClaim[], path: FieldPath): FieldError[] {
  const names = new Set<string>();
  return claims.flatMap((claim, i) => {
    const at = path.index(i);
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(at.child('name')));
    else if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    else errors.push(...invalidFor(at.child('name'), name, checkDnsLabel(name)));
    names.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) errors.push(invalid(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) errors.push(invalid(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    for (const [field, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) if (value !== undefined) errors.push(...invalidFor(at.child(field), value, checkDnsSubdomain(value)));
    return errors;
  });
}

/** A Pod with its own user namespace cannot share the host's other namespaces. Upstream spells two of the paths so. */
function validateHostUsers(spec: corev1.PodSpec, path: FieldPath): FieldError[] {
  const shared = [['hostNetwork', 'hostNetwork'], ['hostPID', 'HostPID'], ['hostIPC', 'HostIPC']] as const;
  return shared.flatMap(([field, shown]) => (spec[field] === true ? [forbidden(path.child(shown), 'when `pod.Spec.HostUsers` is false')] : []));
}

