/**
 * Pods that take their time: created, initialised, ready, completed and deleted one after the other, each between one and five seconds
 * after the other unless an annotation of the Pod says otherwise. The stages, their names and annotations are those of kwok's general set.
 */
import type * as corev1 from '../resources/types/core-v1.ts';
import { containerStatus, ended, initialized, started } from './container-statuses.ts';
import type { Stage, StageNext, StageRequirement, TemplateFacts } from './stage.ts';

/** Held by Pods while their node has not let go of them. */
const finalizer = 'kwok.x-k8s.io/fake';
const [least, most] = [1000, 5000];

const alive: StageRequirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const deleted: StageRequirement = { key: '.metadata.deletionTimestamp', operator: 'Exists' };
const phase = (...values: string[]): StageRequirement => ({ key: '.status.phase', operator: 'In', values });
const condition = (type: string, operator: 'In' | 'NotIn'): StageRequirement => ({ key: `.status.conditions.[] | select( .type == "${type}" ) | .status`, operator, values: ['True'] });
const exists = (key: string, operator: 'Exists' | 'DoesNotExist' = 'Exists'): StageRequirement => ({ key, operator });
const annotation = (stage: string, what: string): string => `.metadata.annotations["${stage}.stage.kwok.x-k8s.io/${what}"]`;

function stage(name: string, matchExpressions: readonly StageRequirement[], next: StageNext): Stage {
  return {
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: { matchExpressions },
      weight: 1,
      weightFrom: { expressionFrom: annotation(name, 'weight') },
      delay: {
        durationMilliseconds: least,
        durationFrom: { expressionFrom: annotation(name, 'delay') },
        jitterDurationMilliseconds: most,
        jitterDurationFrom: { expressionFrom: annotation(name, 'jitter-delay') },
      },
      next,
    },
  };
}

const podOf = (object: unknown): corev1.Pod => object as corev1.Pod;
const conditionNow = (type: string, { now }: TemplateFacts, reason?: string): corev1.PodCondition => ({ type, status: reason === undefined ? 'True' : 'False', reason: reason ?? '', lastTransitionTime: now });

function createdStatus(object: unknown, facts: TemplateFacts): corev1.PodStatus {
  const { spec } = podOf(object);
  const { initContainers = [], containers = [], nodeName, hostNetwork } = spec ?? {};
  const [hostIP, podIP] = [facts.nodeIP(nodeName), facts.podIP(nodeName, hostNetwork)];
  const waits = (container: corev1.Container, reason: string): corev1.ContainerStatus => containerStatus(container, { waiting: { reason } });
  const hasInit = initContainers.length > 0;
  return {
    phase: 'Pending',
    conditions: [conditionNow('Initialized', facts, hasInit ? 'ContainersNotInitialized' : undefined), conditionNow('Ready', facts, 'ContainersNotReady'), conditionNow('ContainersReady', facts, 'ContainersNotReady')],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: facts.now,
    ...(hasInit && { initContainerStatuses: initContainers.map((container) => waits(container, 'PodInitializing')) }),
    containerStatuses: containers.map((container) => waits(container, hasInit ? 'PodInitializing' : 'ContainerCreating')),
  };
}

function readyStatus(object: unknown, facts: TemplateFacts): corev1.PodStatus {
  const { spec } = podOf(object);
  return { phase: 'Running', conditions: [conditionNow('Ready', facts), conditionNow('ContainersReady', facts)], containerStatuses: (spec?.containers ?? []).map((container) => started(container, facts)) };
}

/** All containers end, sidecars too. */
function endedStatus(object: unknown, facts: TemplateFacts, outcome: { readonly phase: string; readonly exitCode: number; readonly reason: string }): corev1.PodStatus {
  const { status } = podOf(object);
  const notReady = outcome.exitCode === 0 ? 'PodCompleted' : 'PodFailed';
  const initContainerStatuses = status?.initContainerStatuses?.map((each) => ended(each, facts.now));
  return {
    phase: outcome.phase,
    conditions: [conditionNow('Ready', facts, notReady), conditionNow('ContainersReady', facts, notReady)],
    ...(initContainerStatuses && { initContainerStatuses }),
    containerStatuses: (status?.containerStatuses ?? []).map((each) => ended(each, facts.now, outcome.exitCode, outcome.reason)),
  };
}

function failedStatus(object: unknown, facts: TemplateFacts): corev1.PodStatus {
  const given = podOf(object).metadata.annotations ?? {};
  const said = (what: string): string | undefined => given[`pod-container-failed.stage.kwok.x-k8s.io/${what}`];
  return endedStatus(object, facts, { phase: 'Failed', exitCode: Number(said('exit-code') ?? 1), reason: said('reason') ?? 'Error' });
}

const runs: readonly StageRequirement[] = [alive, phase('Running'), condition('Ready', 'In')];

export const generalPodStages: readonly Stage[] = [
  stage('pod-create', [alive, phase('Pending'), exists('.spec.nodeName'), exists('.status.podIP', 'DoesNotExist')], { finalizers: { add: [{ value: finalizer }] }, status: createdStatus }),
  stage('pod-init-container-running', [alive, phase('Pending'), condition('Initialized', 'NotIn'), exists('.status.initContainerStatuses.[].state.waiting.reason')], {
    status: (object, facts) => ({ initContainerStatuses: (podOf(object).spec?.initContainers ?? []).map((container) => started(container, facts)) }),
  }),
  stage('pod-init-container-completed', [alive, phase('Pending'), condition('Initialized', 'NotIn'), exists('.status.initContainerStatuses.[].state.running.startedAt')], {
    status: (object, facts) => ({ conditions: [conditionNow('Initialized', facts)], initContainerStatuses: (podOf(object).spec?.initContainers ?? []).map((container) => initialized(container, facts)) }),
  }),
  stage('pod-ready', [alive, phase('Pending'), condition('Initialized', 'In'), condition('ContainersReady', 'NotIn'), exists('.status.podIP')], { status: readyStatus }),
  stage('pod-complete', [...runs, { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] }], { status: (object, facts) => endedStatus(object, facts, { phase: 'Succeeded', exitCode: 0, reason: 'Completed' }) }),
  // Only Pods that name a weight for it fail.
  stage('pod-container-failed', [...runs, exists(annotation('pod-container-failed', 'weight'))], { status: failedStatus }),
  stage('pod-remove-finalizer', [deleted, { key: '.metadata.finalizers.[]', operator: 'In', values: [finalizer] }], { finalizers: { remove: [{ value: finalizer }] } }),
  stage('pod-delete', [deleted, exists('.metadata.finalizers.[]', 'DoesNotExist')], { delete: true }),
];
