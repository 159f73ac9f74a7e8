/** What simulated nodes say of containers. */
import { isSidecar } from '../resources/pod-spec/containers.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import type { TemplateFacts } from './stage.ts';

export function containerStatus({ name, image = '' }: corev1.Container, state: corev1.ContainerState, containerID?: string): corev1.ContainerStatus {
  const isRunning = state.running !== undefined;
  return { name, image, imageID: isRunning || state.terminated ? image : '', ...(containerID !== undefined && { containerID }), ready: isRunning || state.terminated?.exitCode === 0, started: isRunning, restartCount: 0, state };
}

/** The container runs from now on. */
export const started = (container: corev1.Container, facts: TemplateFacts): corev1.ContainerStatus => containerStatus(container, { running: { startedAt: facts.now } }, `simulated://${facts.containerId()}`);

/** The container ran and is done. */
export function completed(container: corev1.Container, facts: TemplateFacts): corev1.ContainerStatus {
  const containerID = `simulated://${facts.containerId()}`;
  return containerStatus(container, { terminated: { exitCode: 0, reason: 'Completed', startedAt: facts.now, finishedAt: facts.now, containerID } }, containerID);
}

/** Init containers have done their work; sidecars go on. */
export const initialized = (container: corev1.Container, facts: TemplateFacts): corev1.ContainerStatus => (isSidecar(container) ? started(container, facts) : completed(container, facts));

/** A container that was there before ends. */
export function ended(status: corev1.ContainerStatus, now: string, exitCode = 0, reason = 'Completed'): corev1.ContainerStatus {
  if (status.state?.terminated) return status;
  const { containerID } = status;
  return { ...status, ready: false, started: false, state: { terminated: { exitCode, reason, startedAt: status.state?.running?.startedAt ?? now, finishedAt: now, containerID } } };
}
