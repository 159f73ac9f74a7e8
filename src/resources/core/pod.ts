/**
 * Pods. A Pod's form is in ../pod-spec/, its row in pod-columns.ts, what may change in pod-update.ts.
 * Upstream: pkg/registry/core/pod/strategy.go
 */
import { FieldPath, forbidden, type FieldError } from '../../apimachinery/field-error.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import { timestamp } from '../../base/clock.ts';
import { defineKind, statusVerbs, typedKind, untyped, type StrategyOf } from '../define.ts';
import type { ResourceDefinition } from '../definition.ts';
import { mirrorAnnotation, validatePodAnnotations } from '../pod-spec/annotations.ts';
import { defaultPodOnly, defaultPodSpec } from '../pod-spec/defaults.ts';
import { validatePodSpec } from '../pod-spec/validate.ts';
import { nameWarnings } from '../pod-spec/deprecations.ts';
import { podWarnings } from '../pod-spec/warnings.ts';
import { action, proxy, stream } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';
import { differences } from '../validation/differences.ts';
import { sameJson } from '../validation/fields.ts';
import { podColumns, podRowConditions } from './pod-columns.ts';
import { setPodCondition } from './pod-conditions.ts';
import { qosClassOf } from './pod-qos.ts';
import { isFinished } from './pod-readiness.ts';
import { haveSameNames, validateResize } from './pod-resize.ts';
import { validatePodStatus } from './pod-status-rules.ts';
import { validateAnnotationChange, validatePodChange } from './pod-update.ts';
import { terminationGrace } from './termination-grace.ts';

const spec = FieldPath.of('spec');

function validate(pod: corev1.Pod): FieldError[] {
  const annotations = pod.metadata.annotations;
  const errors = annotations === undefined ? [] : validatePodAnnotations(annotations, pod.spec, FieldPath.of('metadata', 'annotations'));
  errors.push(...validatePodSpec(pod.spec, spec, { name: pod.metadata.name }));
  if (pod.spec?.volumes !== undefined && !pod.spec.serviceAccountName) errors.push(...validateTokenVolumes(pod.spec.volumes));
  return errors;
}

/** A token is somebody's. */
function validateTokenVolumes(volumes: readonly corev1.Volume[]): FieldError[] {
  return volumes.flatMap(({ projected }, i) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, j) =>
      serviceAccountToken === undefined ? [] : [forbidden(spec.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken'), 'must not be specified when serviceAccountName is not set')],
    ),
  );
}

function validateCreate(pod: corev1.Pod): FieldError[] {
  const errors = validate(pod);
  if ((pod.spec?.ephemeralContainers ?? []).length > 0) errors.push(forbidden(spec.child('ephemeralContainers'), 'cannot be set on create'));
  if (pod.spec?.nodeName && (pod.spec.schedulingGates ?? []).length > 0) errors.push(forbidden(spec.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

const strategy: StrategyOf<corev1.Pod> = {
  defaults(pod) {
    if (pod.spec === undefined) return;
    defaultPodSpec(pod.spec);
    defaultPodOnly(pod.spec);
  },
  prepareForCreate(pod, facts) {
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec as corev1.PodSpec | undefined) };
    if ((pod.spec?.schedulingGates ?? []).length > 0) {
      const gated = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' };
      setPodCondition(pod.status, gated, timestamp(facts.now));
    }
  },
  afterAdmission(pod) {
    if (pod.status !== undefined) pod.status.qosClass = qosClassOf(pod.spec as corev1.PodSpec | undefined);
  },
  prepareForUpdate(pod, old) {
    if (pod.spec !== undefined && old.spec?.ephemeralContainers !== undefined) pod.spec.ephemeralContainers = draft(old.spec.ephemeralContainers);
    else if (pod.spec !== undefined) delete pod.spec.ephemeralContainers;
  },
  validate: validateCreate,
  validateUpdate: (pod, old) => [...validate(pod), ...validatePodChange(pod, old)],
  // Updates come often and from programs, which nobody warns.
  warnings: (pod, old) => (old === undefined ? [...nameWarnings(pod.metadata.name, "in the Pod's hostname"), ...podWarnings(pod, new FieldPath())] : []),
  allowUnconditionalUpdate: true,
  gracePeriod(pod, requested) {
    // Nothing runs yet, or nothing runs any more: there is nobody to wait for.
    if (!pod.spec?.nodeName || isFinished(pod)) return 0;
    if (requested === undefined) return terminationGrace(pod);
    return requested < 0 ? 1 : requested;
  },
};

/** Writes through a subresource that may change one part of the spec and nothing else. */
function partStrategy(keep: (pod: Draft<corev1.Pod>, wanted: Draft<corev1.Pod>) => void, rule: StrategyOf<corev1.Pod>['validateUpdate']): StrategyOf<corev1.Pod> {
  return {
    ...(strategy.defaults === undefined ? {} : { defaults: strategy.defaults }),
    prepareForUpdate(pod, old) {
      const wanted = draft(pod);
      pod.spec = draft(old.spec ?? { containers: [] });
      keep(pod, wanted);
    },
    validateUpdate: (pod, old, facts) => [...validate(pod), ...validateAnnotationChange(pod, old), ...(rule?.(pod, old, facts) ?? [])],
  };
}

const ephemeralStrategy = partStrategy(
  (pod, wanted) => {
    if (pod.spec !== undefined && wanted.spec?.ephemeralContainers !== undefined) pod.spec.ephemeralContainers = wanted.spec.ephemeralContainers;
  },
  (pod, old) => {
    if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) return [forbidden(new FieldPath(), 'static pods do not support ephemeral containers')];
    const path = spec.child('ephemeralContainers');
    const now = pod.spec?.ephemeralContainers ?? [];
    return (old.spec?.ephemeralContainers ?? []).flatMap((container) => {
      const same = now.find(({ name }) => name === container.name);
      const subject = `existing ephemeral containers ${JSON.stringify(container.name)}`;
      if (same === undefined) return [forbidden(path, `${subject} may not be removed\n`)];
      return sameJson(same, container) ? [] : [forbidden(path, `${subject} may not be changed\n${differences(container, same)}`)];
    });
  },
);

const resizeStrategy = partStrategy((pod, wanted) => {
  for (const part of ['containers', 'initContainers'] as const) {
    // Other containers are for validation to refuse.
    if (pod.spec !== undefined && !haveSameNames(pod.spec[part], wanted.spec?.[part])) {
      pod.spec[part] = wanted.spec?.[part] ?? [];
      continue;
    }
    for (const container of pod.spec?.[part] ?? []) {
      const other = wanted.spec?.[part]?.find(({ name }) => name === container.name);
      if (other?.resources !== undefined) container.resources = other.resources;
      if (other?.resizePolicy !== undefined) container.resizePolicy = other.resizePolicy;
    }
  }
  if (pod.spec !== undefined && wanted.spec?.resources !== undefined) pod.spec.resources = wanted.spec.resources;
}, validateResize);

/** The node's word about a Pod. */
const statusStrategy: StrategyOf<corev1.Pod> = {
  validateUpdate: (pod, old) => [...validateAnnotationChange(pod, old), ...validatePodStatus(pod, old)],
};

export const podDefinition: ResourceDefinition = defineKind<corev1.Pod>({
  group: '',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  status: statusStrategy,
  subresources: {
    attach: stream('PodAttachOptions'),
    binding: action('', 'v1', 'Binding'),
    ephemeralcontainers: { type: 'object', verbs: statusVerbs, strategy: untyped(ephemeralStrategy) },
    eviction: action('policy', 'v1', 'Eviction'),
    exec: stream('PodExecOptions'),
    log: { type: 'connect', kind: 'Pod', verbs: ['get'] },
    portforward: stream('PodPortForwardOptions'),
    proxy: proxy('PodProxyOptions'),
    resize: { type: 'object', verbs: statusVerbs, strategy: untyped(resizeStrategy) },
  },
  strategy,
  columns: podColumns,
  rowConditions: podRowConditions,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
    // Its name before v1.
    'spec.host': (pod) => pod.spec?.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec?.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIP ?? '',
    'status.podIPs': (pod) => (pod.status?.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
});

export const pods = typedKind<corev1.Pod>(podDefinition);
