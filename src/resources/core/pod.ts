/**
 * Pods. A Pod's form is in ../pod-spec/, its row in pod-columns.ts, what may change in pod-update.ts.
 * Upstream: pkg/registry/core/pod/strategy.go
 */
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { draft, type Draft } from '../../apimachinery/object.ts';
import { timestamp } from '../../base/clock.ts';
import { defineKind, statusVerbs, typedKind, untyped, type StrategyOf } from '../define.ts';
import type { ResourceDefinition } from '../definition.ts';
import { defaultPodOnly, defaultPodSpec } from '../pod-spec/defaults.ts';
import { validateHostNetworkPorts } from '../pod-spec/ports.ts';
import { validatePodSpec } from '../pod-spec/validate.ts';
import { action, proxy, stream } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';
import { sameJson } from '../validation/fields.ts';
import { podColumns } from './pod-columns.ts';
import { setPodCondition } from './pod-conditions.ts';
import { qosClassOf } from './pod-qos.ts';
import { isFinished } from './pod-readiness.ts';
import { validatePodChange } from './pod-update.ts';

const spec = FieldPath.of('spec');

function validate(pod: corev1.Pod): FieldError[] {
  const errors = validatePodSpec(pod.spec, spec);
  if (pod.spec?.hostNetwork !== true) return errors;
  return [
    ...errors,
    ...validateHostNetworkPorts(pod.spec.containers ?? [], spec.child('containers')),
    ...validateHostNetworkPorts(pod.spec.initContainers ?? [], spec.child('initContainers')),
  ];
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
  prepareForUpdate(pod, old) {
    if (pod.spec !== undefined && old.spec?.ephemeralContainers !== undefined) pod.spec.ephemeralContainers = draft(old.spec.ephemeralContainers);
    else if (pod.spec !== undefined) delete pod.spec.ephemeralContainers;
  },
  validate(pod) {
    const ephemeral = (pod.spec?.ephemeralContainers ?? []).length > 0 ? [forbidden(spec.child('ephemeralContainers'), 'cannot be set on create')] : [];
    return [...validate(pod), ...ephemeral];
  },
  validateUpdate: (pod, old) => [...validate(pod), ...validatePodChange(pod, old)],
  allowUnconditionalUpdate: true,
  gracePeriod(pod, requested) {
    // Nothing runs yet, or nothing runs any more: there is nobody to wait for.
    if (!pod.spec?.nodeName || isFinished(pod)) return 0;
    const seconds = requested ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    return seconds < 0 ? 1 : seconds;
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
    validateUpdate: (pod, old) => [...validate(pod), ...(rule?.(pod, old) ?? [])],
  };
}

const ephemeralStrategy = partStrategy(
  (pod, wanted) => {
    if (pod.spec !== undefined && wanted.spec?.ephemeralContainers !== undefined) pod.spec.ephemeralContainers = wanted.spec.ephemeralContainers;
  },
  (pod, old) => {
    const path = spec.child('ephemeralContainers');
    const now = pod.spec?.ephemeralContainers ?? [];
    return (old.spec?.ephemeralContainers ?? []).flatMap((container) => {
      const i = now.findIndex(({ name }) => name === container.name);
      if (i < 0) return [forbidden(path, `existing ephemeral containers ${JSON.stringify(container.name)} may not be removed\n`)];
      return sameJson(now[i], container) ? [] : [forbidden(path, `existing ephemeral containers ${JSON.stringify(container.name)} may not be changed\n`)];
    });
  },
);

const resizeStrategy = partStrategy(
  (pod, wanted) => {
    for (const part of ['containers', 'initContainers'] as const) {
      for (const container of pod.spec?.[part] ?? []) {
        const other = wanted.spec?.[part]?.find(({ name }) => name === container.name);
        if (other?.resources !== undefined) container.resources = other.resources;
        if (other?.resizePolicy !== undefined) container.resizePolicy = other.resizePolicy;
      }
    }
    if (pod.spec !== undefined && wanted.spec?.resources !== undefined) pod.spec.resources = wanted.spec.resources;
  },
  (pod, old) => {
    const now = qosClassOf(pod.spec);
    return now === qosClassOf(old.spec) ? [] : [invalid(spec, now, 'Pod QOS Class may not change as a result of resizing')];
  },
);

export const podDefinition: ResourceDefinition = defineKind<corev1.Pod>({
  group: '',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  status: true,
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
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
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
