/** Labels and annotations by which the runtime's sandboxes and containers are found again; the names are upstream's. */
import { createHash } from 'node:crypto';
import type { Container, Pod } from '../../resources/types/core-v1.ts';

export const podNameLabel = 'io.kubernetes.pod.name';
export const podNamespaceLabel = 'io.kubernetes.pod.namespace';
export const podUidLabel = 'io.kubernetes.pod.uid';
export const containerNameLabel = 'io.kubernetes.container.name';
export const hashAnnotation = 'io.kubernetes.container.hash';
export const restartCountAnnotation = 'io.kubernetes.container.restartCount';
/** Ours: when the Pod had last begun anew as the container was started. */
export const begunAnnotation = 'k8ts.io/pod-begun';
export const terminationMessagePathAnnotation = 'io.kubernetes.container.terminationMessagePath';
export const terminationMessagePolicyAnnotation = 'io.kubernetes.container.terminationMessagePolicy';
export const podGraceAnnotation = 'io.kubernetes.pod.terminationGracePeriod';

export function podLabels(pod: Pod): Record<string, string> {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  return { [podNameLabel]: name, [podNamespaceLabel]: namespace, [podUidLabel]: uid };
}

/** Changes when a running container must be replaced: the image is all of a Pod's containers that may be changed. */
export function containerHash(container: Container): string {
  return createHash('sha256').update(JSON.stringify([container.name, container.image])).digest('hex').slice(0, 8);
}

/** '<namespace>_<name>_<uid>': the folder of a Pod's logs. */
export const logFolder = (pod: Pod): string => `${pod.metadata.namespace}_${pod.metadata.name}_${pod.metadata.uid}`;

/** A file in a Pod's log folder that says whose it is, since all nodes of a machine share /var/log/pods. */
export const logOwnerFile = (cgroupParent: string): string => `.${cgroupParent.replace(/^\//, '')}`;
