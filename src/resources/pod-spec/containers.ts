/**
 * Validation of containers, init containers and ephemeral containers.
 * Upstream: pkg/apis/core/validation/validation.go (validateContainers, validateInitContainers, validateEphemeralContainers)
 */
import { forbidden, invalid, notFound, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, oneOf, supportedOnly, Unique } from '../validation/fields.ts';
import { checkDnsLabel } from '../validation/names.ts';
import { validateRequirements } from '../validation/resource-lists.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { validateContainerPorts, validateHostPorts } from './ports.ts';
import { validateHandler, validateProbe } from './probes.ts';
import { validateContainerSecurity } from './security-context.ts';
import { validateVolumeDevices, validateVolumeMounts, type Volumes } from './volume-mounts.ts';

/** What the containers of one Pod have in common. */
export interface PodFacts {
  readonly spec: corev1.PodSpec;
  readonly volumes: Volumes;
  readonly claimNames: ReadonlySet<string>;
  readonly graceSeconds: number;
}

export const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const terminationPolicies = ['FallbackToLogsOnError', 'File'];

export function validateContainers(containers: readonly corev1.Container[], facts: PodFacts, path: FieldPath): FieldError[] {
  if (containers.length === 0) return [required(path)];
  const names = new Unique();
  const errors = containers.flatMap((container, i) => {
    const at = path.index(i);
    return [
      ...validateCommon(container, facts, at),
      ...names.check(at.child('name'), container.name),
      ...validateLifecycle(container, facts, at),
      ...supportedOnly(at.child('restartPolicy'), container.restartPolicy, ['Always', 'Never', 'OnFailure']),
    ];
  });
  return [...errors, ...validateHostPorts(containers, path)];
}

export function validateInitContainers(containers: readonly corev1.Container[], facts: PodFacts, path: FieldPath): FieldError[] {
  const names = new Unique();
  for (const { name } of facts.spec.containers ?? []) names.check(path, name);
  return containers.flatMap((container, i) => {
    const at = path.index(i);
    const common = [...validateCommon(container, facts, at), ...(container.name ? names.check(at.child('name'), container.name) : []), ...validateHostPorts([container], path)];
    const policy = supportedOnly(at.child('restartPolicy'), container.restartPolicy, ['Always', 'Never', 'OnFailure']);
    return [...common, ...policy, ...(isSidecar(container) ? validateLifecycle(container, facts, at) : validateRunsToEnd(container, at))];
  });
}

/** An init container that keeps running beside the others. */
export const isSidecar = (container: corev1.Container): boolean => container.restartPolicy === 'Always';

/** What makes no sense for a container that must end before the next starts. */
function validateRunsToEnd(container: corev1.Container, path: FieldPath): FieldError[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) =>
    container[name] === undefined ? [] : [forbidden(path.child(name), 'may not be set for init containers without restartPolicy=Always')],
  );
}

function validateCommon(container: corev1.Container, facts: PodFacts, path: FieldPath): FieldError[] {
  const image = container.image ?? '';
  const errors = checkedText(path.child('name'), container.name, checkDnsLabel);
  if (image === '') errors.push(required(path.child('image')));
  else if (image !== image.trim()) errors.push(invalid(path.child('image'), image, 'must not have leading or trailing whitespace'));
  errors.push(
    ...oneOf(path.child('terminationMessagePolicy'), container.terminationMessagePolicy, terminationPolicies),
    ...validateContainerPorts(container.ports ?? [], path.child('ports')),
    ...validateEnv(container.env ?? [], path.child('env')),
    ...validateEnvFrom(container.envFrom ?? [], path.child('envFrom')),
    ...validateVolumeMounts(container, facts.volumes, path.child('volumeMounts')),
    ...validateVolumeDevices(container, facts.volumes, path.child('volumeDevices')),
    ...oneOf(path.child('imagePullPolicy'), container.imagePullPolicy, pullPolicies),
    ...validateRequirements(container.resources, path.child('resources'), facts.claimNames),
    ...validateContainerSecurity(container.securityContext, path.child('securityContext')),
  );
  return errors;
}

function validateLifecycle(container: corev1.Container, { graceSeconds }: PodFacts, path: FieldPath): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...(lifecycle?.postStart ? validateHandler(lifecycle.postStart, path.child('lifecycle', 'postStart'), graceSeconds) : []),
    ...(lifecycle?.preStop ? validateHandler(lifecycle.preStop, path.child('lifecycle', 'preStop'), graceSeconds) : []),
    ...(livenessProbe ? validateProbe(livenessProbe, 'liveness', path.child('livenessProbe'), graceSeconds) : []),
    ...(readinessProbe ? validateProbe(readinessProbe, 'readiness', path.child('readinessProbe'), graceSeconds) : []),
    ...(startupProbe ? validateProbe(startupProbe, 'startup', path.child('startupProbe'), graceSeconds) : []),
  ];
}

/** What an ephemeral container may say: it is for looking around, so nothing that reserves, exposes or probes. */
const ephemeralFields: ReadonlySet<string> = new Set([
  'name', 'image', 'command', 'args', 'workingDir', 'envFrom', 'env', 'volumeMounts', 'volumeDevices', 'terminationMessagePath', 'terminationMessagePolicy',
  'imagePullPolicy', 'securityContext', 'stdin', 'stdinOnce', 'tty', 'targetContainerName', 'resources',
]);

export function validateEphemeralContainers(containers: readonly corev1.EphemeralContainer[], facts: PodFacts, path: FieldPath): FieldError[] {
  const names = new Unique();
  const others = [...(facts.spec.containers ?? []), ...(facts.spec.initContainers ?? [])].map(({ name }) => name);
  for (const name of others) names.check(path, name);
  return containers.flatMap((container, i) => {
    const at = path.index(i);
    const errors = [...validateCommon(container, facts, at), ...names.check(at.child('name'), container.name)];
    const target = container.targetContainerName;
    if (target && !(facts.spec.containers ?? []).some(({ name }) => name === target)) errors.push(notFound(at.child('targetContainerName'), target));
    for (const [key, value] of Object.entries(container)) {
      const empty = value === undefined || (Array.isArray(value) && value.length === 0);
      if (!empty && !ephemeralFields.has(key)) errors.push(forbidden(at.child(key), 'cannot be set for an Ephemeral Container'));
    }
    if (Object.keys(container.resources ?? {}).length > 0) errors.push(forbidden(at.child('resources'), 'cannot be set for an Ephemeral Container'));
    (container.volumeMounts ?? []).forEach((mount, j) => {
      if (mount.subPath) errors.push(forbidden(at.child('volumeMounts').index(j).child('subPath'), 'cannot be set for an Ephemeral Container'));
    });
    return errors;
  });
}
