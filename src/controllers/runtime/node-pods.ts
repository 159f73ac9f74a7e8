/** The Pods of a node. */
import type { Informer } from '../../client/informer.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

const index = 'node';

/** Indexes Pods by the node they are bound to; `podsOnNode` then reads it. */
export const indexByNode = (pods: Informer<corev1.Pod>): Informer<corev1.Pod> => pods.addIndex(index, ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));

export const podsOnNode = (pods: Informer<corev1.Pod>, node: string): corev1.Pod[] => pods.byIndex(index, node);
