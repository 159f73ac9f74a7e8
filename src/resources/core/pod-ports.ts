/** The ports of a Pod's containers. */
import type * as corev1 from '../types/core-v1.ts';
import { isSidecar } from '../pod-spec/containers.ts';

/** A port of the host that a Pod takes. */
export interface HostPort {
  /** '' or '0.0.0.0': on all addresses. */
  readonly hostIP: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/** Host ports of containers and sidecars, in order. */
export function hostPorts(spec: corev1.PodSpec | undefined): HostPort[] {
  return runningContainers(spec).flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      port.hostPort ? [{ hostIP: port.hostIP ?? '', hostPort: port.hostPort, containerPort: port.containerPort, protocol: port.protocol ?? 'TCP' }] : [],
    ),
  );
}

/** The number behind a Service's targetPort: a number is itself, a name is looked up among the Pod's ports. */
export function resolvePort(target: number | string, spec: corev1.PodSpec | undefined, protocol = 'TCP'): number | undefined {
  if (typeof target === 'number') return target;
  for (const container of runningContainers(spec)) {
    for (const port of container.ports ?? []) if (port.name === target && (port.protocol ?? 'TCP') === protocol) return port.containerPort;
  }
  return undefined;
}

const runningContainers = (spec: corev1.PodSpec | undefined): corev1.Container[] => [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter(isSidecar)];
