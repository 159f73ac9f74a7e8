/** How Pods on simulated nodes live: they start at once, those of Jobs complete after a second, and deletion takes no time. */
import { isSidecar } from '../resources/pod-spec/containers.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import type { Stage, TemplateFacts } from './stage.ts';

const podRef = { kind: 'Pod' };
const alive = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' } as const;

function containerStatus({ name, image = '' }: corev1.Container, state: corev1.ContainerState, containerID: string): corev1.ContainerStatus {
  const isRunning = state.running !== undefined;
  return { name, image, imageID: image, containerID, ready: isRunning || state.terminated?.exitCode === 0, started: isRunning, restartCount: 0, state };
}

function runningStatus(object: unknown, facts: TemplateFacts): corev1.PodStatus {
  const { spec, metadata } = object as corev1.Pod;
  const { now } = facts;
  const id = (): string => `simulated://${facts.containerId()}`;
  const running = (container: corev1.Container): corev1.ContainerStatus => containerStatus(container, { running: { startedAt: now } }, id());
  const completed = (container: corev1.Container): corev1.ContainerStatus => {
    const containerID = id();
    return containerStatus(container, { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now, containerID } }, containerID);
  };
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
    ...(spec?.initContainers && { initContainerStatuses: spec.initContainers.map((container) => (isSidecar(container) ? running(container) : completed(container))) }),
    containerStatuses: (spec?.containers ?? []).map(running),
  };
}

function succeededStatus(object: unknown, { now }: TemplateFacts): corev1.PodStatus {
  const { status, metadata } = object as corev1.Pod;
  const condition = (type: string, value: string): corev1.PodCondition => ({ type, status: value, lastTransitionTime: now, ...(value === 'False' && { reason: 'PodCompleted' }), observedGeneration: metadata.generation });
  return {
    phase: 'Succeeded',
    conditions: [condition('Initialized', 'True'), condition('Ready', 'False'), condition('ContainersReady', 'False')],
    containerStatuses: (status?.containerStatuses ?? []).map((container) => ({
      ...container,
      ready: false,
      started: false,
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: container.state?.running?.startedAt ?? now, finishedAt: now, containerID: container.containerID } },
    })),
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
