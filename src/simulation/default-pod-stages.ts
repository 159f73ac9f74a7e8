/** How Pods on simulated nodes live: they start at once, those of Jobs complete after a second, and deletion takes no time. */
import type * as corev1 from '../resources/types/core-v1.ts';
import { ended, initialized, started } from './container-statuses.ts';
import type { Stage, TemplateFacts } from './stage.ts';

const podRef = { kind: 'Pod' };
const alive = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' } as const;

function runningStatus(object: unknown, facts: TemplateFacts): corev1.PodStatus {
  const { spec, metadata } = object as corev1.Pod;
  const { now } = facts;
  const hostIP = facts.nodeIP(spec?.nodeName);
  const podIP = facts.podIP(spec?.nodeName, spec?.hostNetwork);
  const condition = (type: string): corev1.PodCondition => ({ type, status: 'True', lastTransitionTime: now, observedGeneration: metadata.generation });
  return {
    phase: 'Running',
    observedGeneration: metadata.generation,
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'].map(condition),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: now,
    ...(spec?.initContainers && { initContainerStatuses: spec.initContainers.map((container) => initialized(container, facts)) }),
    containerStatuses: (spec?.containers ?? []).map((container) => started(container, facts)),
  };
}

function succeededStatus(object: unknown, { now }: TemplateFacts): corev1.PodStatus {
  const { status, metadata } = object as corev1.Pod;
  const condition = (type: string, value: string): corev1.PodCondition => ({ type, status: value, lastTransitionTime: now, ...(value === 'False' && { reason: 'PodCompleted' }), observedGeneration: metadata.generation });
  return {
    phase: 'Succeeded',
    conditions: [condition('Initialized', 'True'), condition('Ready', 'False'), condition('ContainersReady', 'False')],
    containerStatuses: (status?.containerStatuses ?? []).map((container) => ended(container, now)),
  };
}

export const defaultPodStages: readonly Stage[] = [
  {
    metadata: { name: 'pod-ready' },
    spec: {
      resourceRef: podRef,
      selector: { matchExpressions: [alive, { key: '.spec.nodeName', operator: 'Exists' }, { key: '.status.phase', operator: 'NotIn', values: ['Running', 'Succeeded', 'Failed'] }] },
      next: { status: runningStatus },
    },
  },
  {
    metadata: { name: 'pod-complete' },
    spec: {
      resourceRef: podRef,
      selector: { matchExpressions: [alive, { key: '.status.phase', operator: 'In', values: ['Running'] }, { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] }] },
      delay: { durationMilliseconds: 1000 },
      next: { status: succeededStatus },
    },
  },
  {
    metadata: { name: 'pod-delete' },
    spec: {
      resourceRef: podRef,
      selector: { matchExpressions: [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }, { key: '.metadata.finalizers.[]', operator: 'DoesNotExist' }] },
      next: { delete: true },
    },
  },
];
