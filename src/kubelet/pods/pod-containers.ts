/** The containers of a Pod and what each is for. */
import { terminationGrace } from '../../resources/core/termination-grace.ts';
import type { Container, Pod } from '../../resources/types/core-v1.ts';

export type ContainerRole = 'init' | 'sidecar' | 'regular' | 'ephemeral';

export interface PodContainer {
  readonly role: ContainerRole;
  readonly spec: Container;
  /** For events: 'spec.containers{web}'. */
  readonly fieldPath: string;
}

const path = (list: string, name: string): string => `spec.${list}{${name}}`;

/** Init containers that are to run on beside the others. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

export function initContainers(pod: Pod): readonly PodContainer[] {
  return (pod.spec?.initContainers ?? []).map((spec) => ({ role: isSidecar(spec) ? 'sidecar' : 'init', spec, fieldPath: path('initContainers', spec.name) }));
}

export function regularContainers(pod: Pod): readonly PodContainer[] {
  return (pod.spec?.containers ?? []).map((spec) => ({ role: 'regular', spec, fieldPath: path('containers', spec.name) }));
}

export function ephemeralContainers(pod: Pod): readonly PodContainer[] {
  return (pod.spec?.ephemeralContainers ?? []).map((spec) => ({ role: 'ephemeral', spec: spec as Container, fieldPath: path('ephemeralContainers', spec.name) }));
}

export function allContainers(pod: Pod): readonly PodContainer[] {
  return [...initContainers(pod), ...regularContainers(pod), ...ephemeralContainers(pod)];
}

/** 'name_namespace(uid)', as messages name a Pod. */
export const podTitle = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;

/** A Pod that needs no time to end any more, or never had any, gets what the object says. */
export function graceSeconds(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? terminationGrace(pod);
}

export const isDeleting = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
