/**
 * Validation of containers, init containers and ephemeral containers.
 * Upstream: pkg/apis/core/validation/validation.go (validateContainers, validateInitContainers, validateEphemeralContainers)
 */
import { duplicate, forbidden, invalid, notFound, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { checkedText, oneOf, Unique } from '../validation/fields.ts';
import { checkDnsLabel } from '../validation/names.ts';
import { validateRequirements } from '../validation/resource-lists.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { validateContainerPorts, validateHostPorts } from './ports.ts';
import { validateHandler, validateProbe } from './probes.ts';
import { validateRestartPolicy } from './restart-rules.ts';
import { validateContainerSecurity } from './security-context.ts';
import { validateVolumeDevices, validateVolumeMounts, type Volumes } from './volume-mounts.ts';

/** What the containers of one Pod have in common. */
export interface PodFacts {
  readonly spec: corev1.PodSpec;
  readonly volumes: Volumes;
  readonly claimNames: ReadonlySet<string>;
  readonly graceSeconds: number;
  /** A Pod itself, not a template: some rules hold only then. */
  readonly isPod: boolean;
}

export const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const terminationPolicies = ['File', 'FallbackToLogsOnError'];

export function validateContainers(containers: readonly corev1.Container[], facts: PodFacts, path: FieldPath): FieldError[] {
  if (containers.length === 0) return [required(path)];
  const names = new Unique();
  const errors: FieldError[] = [];
  containers.forEach((container, i) => {
    const at = path.index(i);
    errors.push(...validateCommon(container, facts, at), ...names.check(at.child('name'), container.name), ...validateLifecycle(container, facts, at), ...validateRestartPolicy(container, at));
  });
  errors.push(...validateHostPorts(containers, path));
  return errors;
}

export function validateInitContainers(containers: readonly corev1.Container[], facts: PodFacts, path: FieldPath): FieldError[] {
  const names = new Set((facts.spec.containers ?? []).map(({ name }) => name));
  const errors: FieldError[] = [];
  containers.forEach((container, i) => {
    const at = path.index(i);
    errors.push(...validateCommon(container, facts, at), ...validateRestartPolicy(container, at));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    else if (container.name) names.add(container.name);
    // Each alone: they run one by one.
    errors.push(...validateHostPorts([container], path));
    errors.push(...(isSidecar(container) ? validateLifecycle(container, facts, at) : validateRunsToEnd(container, at)));
  });
  return errors;
}

/** An init container that keeps running beside the others. */
export const isSidecar = (container: corev1.Container): boolean => container.restartPolicy === 'Always';

const ofRunningContainers = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** What makes no sense for a container that must end before the next starts. */
function validateRunsToEnd(container: corev1.Container, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ofRunningContainers) if (container[name] !== undefined) errors.push(forbidden(path.child(name), 'may not be set for init containers without restartPolicy=Always'));
  return errors;
}

function validateCommon(container: corev1.Container, facts: PodFacts, path: FieldPath): FieldError[] {
  const { ports, env, envFrom, volumeMounts, volumeDevices, resources, resizePolicy, securityContext } = container;
  const errors = checkedText(path.child('name'), container.name, checkDnsLabel);
  errors.push(...validateImage(container.image ?? '', facts.isPod, path.child('image')), ...oneOf(path.child('terminationMessagePolicy'), container.terminationMessagePolicy, terminationPolicies));
  if (ports !== undefined) errors.push(...validateContainerPorts(ports, path.child('ports')));
  if (env !== undefined) errors.push(...validateEnv(env, path.child('env'), facts.volumes));
  if (envFrom !== undefined) errors.push(...validateEnvFrom(envFrom, path.child('envFrom')));
  if (volumeMounts !== undefined) errors.push(...validateVolumeMounts(container, facts.volumes, path.child('volumeMounts')));
  if (volumeDevices !== undefined) errors.push(...validateVolumeDevices(container, facts.volumes, path.child('volumeDevices')));
  errors.push(...oneOf(path.child('imagePullPolicy'), container.imagePullPolicy, pullPolicies));
  if (resources !== undefined) errors.push(...validateRequirements(resources, path.child('resources'), facts));
  if (resizePolicy !== undefined) errors.push(...validateResizePolicy(resizePolicy, facts.spec.restartPolicy, path.child('resizePolicy')));
  if (securityContext !== undefined) errors.push(...validateContainerSecurity(securityContext, path.child('securityContext'), facts.spec.hostUsers !== false));
  return errors;
}

function validateImage(image: string, isPod: boolean, path: FieldPath): FieldError[] {
  if (image === '') return [required(path)];
  return isPod && image !== image.trim() ? [invalid(path, image, 'must not have leading or trailing whitespace')] : [];
}

function validateResizePolicy(policies: readonly corev1.ContainerResizePolicy[], podPolicy: string | undefined, path: FieldPath): FieldError[] {
  const names = new Unique();
  const errors: FieldError[] = [];
  policies.forEach(({ resourceName, restartPolicy }, i) => {
    errors.push(...names.check(path.index(i), resourceName), ...oneOf(path, resourceName, ['cpu', 'memory']), ...oneOf(path, restartPolicy, ['NotRequired', 'RestartContainer']));
    if (podPolicy === 'Never' && restartPolicy !== 'NotRequired') errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  });
  return errors;
}

function validateLifecycle(container: corev1.Container, { graceSeconds }: PodFacts, path: FieldPath): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const errors: FieldError[] = [];
  if (lifecycle !== undefined) {
    const at = path.child('lifecycle');
    if (lifecycle.postStart) errors.push(...validateHandler(lifecycle.postStart, at.child('postStart'), graceSeconds));
    if (lifecycle.preStop) errors.push(...validateHandler(lifecycle.preStop, at.child('preStop'), graceSeconds));
    if (lifecycle.stopSignal) errors.push(...validateStopSignal(lifecycle.stopSignal, at.child('stopSignal')));
  }
  if (livenessProbe) errors.push(...validateProbe(livenessProbe, 'liveness', path.child('livenessProbe'), graceSeconds));
  if (readinessProbe) errors.push(...validateProbe(readinessProbe, 'readiness', path.child('readinessProbe'), graceSeconds));
  if (startupProbe) errors.push(...validateProbe(startupProbe, 'startup', path.child('startupProbe'), graceSeconds));
  return errors;
}

/** SIGTERM, SIGRTMIN+3: the names that Linux knows. */
const signalName = /^SIG(ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?)$/;

function validateStopSignal(signal: string, path: FieldPath): FieldError[] {
  return signalName.test(signal) ? [] : [notSupported(path, signal, [])];
}

/** What an ephemeral container may say: it is for looking around, so nothing that reserves, exposes or probes. */
const ephemeralFields: ReadonlySet<string> = new Set([
  'name', 'image', 'command', 'args', 'workingDir', 'envFrom', 'env', 'volumeMounts', 'volumeDevices', 'terminationMessagePath', 'terminationMessagePolicy',
  'imagePullPolicy', 'securityContext', 'stdin', 'stdinOnce', 'tty', 'targetContainerName',
]);
const notEphemeral = 'cannot be set for an Ephemeral Container';

export function validateEphemeralContainers(containers: readonly corev1.EphemeralContainer[], facts: PodFacts, path: FieldPath): FieldError[] {
  const others = new Set([...(facts.spec.containers ?? []), ...(facts.spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return containers.flatMap((container, i) => {
    const at = path.index(i);
    const errors = validateCommon(container, { ...facts, isPod: true }, at);
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.push(notFound(at.child('targetContainerName'), target));
    for (const [key, value] of Object.entries(container)) if (!ephemeralFields.has(key) && !isEmpty(value)) errors.push(forbidden(at.child(key), notEphemeral));
    (container.volumeMounts ?? []).forEach((mount, j) => {
      const mountPath = at.child('volumeMounts').index(j);
      if (mount.subPath) errors.push(forbidden(mountPath.child('subPath'), notEphemeral));
      if (mount.subPathExpr) errors.push(forbidden(mountPath.child('subPathExpr'), notEphemeral));
    });
    return errors;
  });
}

/** Whether a field says nothing: absent, an empty list or an empty object. */
const isEmpty = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
