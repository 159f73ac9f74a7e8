/**
 * What a write of a Pod's status may say.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodStatusUpdate)
 */
import { duplicate, FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { isSidecar } from '../pod-spec/containers.ts';
import type * as corev1 from '../types/core-v1.ts';
import { immutable, invalidFor } from '../validation/fields.ts';
import { checkIp, ipFamilyOf } from '../validation/ip.ts';
import { checkDnsSubdomain, checkQualifiedName } from '../validation/names.ts';

const path = FieldPath.of('status');
const systemConditions: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized', 'ContainersReady', 'DisruptionTarget', 'PodReadyToStartContainers']);

export function validatePodStatus(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  const status = pod.status ?? {};
  const before = old.status ?? {};
  const errors: FieldError[] = [];
  (status.conditions ?? []).forEach(({ type }, i) => {
    // Upstream's path begins at the metadata.
    if (!systemConditions.has(type)) errors.push(...invalidFor(FieldPath.of('metadata', 'conditions').index(i).child('Type'), type, checkQualifiedName(type)));
  });
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== before.nominatedNodeName) errors.push(...invalidFor(path.child('nominatedNodeName'), nominated, checkDnsSubdomain(nominated)));
  if (before.qosClass !== undefined) errors.push(...immutable(path.child('qosClass'), status.qosClass, before.qosClass));
  const policy = old.spec?.restartPolicy ?? 'Always';
  const sidecars = new Set((old.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const ownPolicies = new Map([...(old.spec?.containers ?? []), ...(old.spec?.initContainers ?? [])].flatMap(({ name, restartPolicy, restartPolicyRules }) => (restartPolicy === undefined ? [] : [[name, restartPolicyRules === undefined ? restartPolicy : 'Always'] as const])));
  const policyOf = (name: string): string => ownPolicies.get(name) ?? policy;
  errors.push(
    ...validateTransitions(status.containerStatuses, before.containerStatuses, path.child('containerStatuses'), policyOf),
    ...validateTransitions(status.initContainerStatuses, before.initContainerStatuses, path.child('initContainerStatuses'), (name) => (sidecars.has(name) ? 'Always' : policyOf(name))),
    ...validateTransitions(status.ephemeralContainerStatuses, before.ephemeralContainerStatuses, path.child('ephemeralContainerStatuses'), () => 'Never'),
    ...validateClaimStatuses(pod),
    ...validateIps(status.podIPs ?? [], path.child('podIPs')),
  );
  const [firstHost] = status.hostIPs ?? [];
  if (firstHost !== undefined && firstHost.ip !== status.hostIP) errors.push(invalid(path.child('hostIPs').index(0).child('ip'), firstHost.ip, 'must be equal to `hostIP`'));
  return [...errors, ...validateIps(status.hostIPs ?? [], path.child('hostIPs'))];
}

type Statuses = readonly corev1.ContainerStatus[] | undefined;

/** A container that ended for good does not run again. */
function validateTransitions(now: Statuses, before: Statuses, at: FieldPath, policyOf: (name: string) => string): FieldError[] {
  const errors: FieldError[] = [];
  (before ?? []).forEach(({ name, state }, i) => {
    const ended = state?.terminated;
    if (ended === undefined) return;
    const policy = policyOf(name);
    if (policy === 'Always' || (policy === 'OnFailure' && ended.exitCode !== 0)) return;
    const again = now?.some((status) => status.name === name && status.state?.terminated === undefined);
    if (again === true) errors.push(forbidden(at.index(i).child('state'), 'may not be transitioned to non-terminated state'));
  });
  return errors;
}

function validateIps(addresses: readonly { readonly ip?: string | undefined }[], at: FieldPath): FieldError[] {
  const errors = addresses.flatMap(({ ip = '' }, i) => invalidFor(at.index(i), ip, checkIp(ip)));
  if (addresses.length < 2) return errors;
  const families = new Set(addresses.map(({ ip = '' }) => ipFamilyOf(ip)));
  if (families.size < 2 || addresses.length > 2) errors.push(invalid(at, addresses, 'may specify no more than one IP for each IP family'));
  addresses.forEach((address, i) => {
    if (addresses.findIndex(({ ip }) => ip === address.ip) < i) errors.push(duplicate(at.index(i), address));
  });
  return errors;
}

function validateClaimStatuses({ spec, status }: corev1.Pod): FieldError[] {
  const known = new Set((spec?.resourceClaims ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  return (status?.resourceClaimStatuses ?? []).flatMap(({ name }, i) => {
    const at = path.child('resourceClaimStatuses').index(i).child('name');
    const errors = known.has(name) ? [] : [invalid(at, name, 'must match the name of an entry in `spec.resourceClaims`')];
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    return errors;
  });
}
