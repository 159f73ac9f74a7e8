/**
 * Pods that are only a picture: parts of the cluster which upstream runs as Pods of kube-system and which here run inside the k8ts
 * process. No node agent starts anything for them.
 */
import type { Pod } from '../types/core-v1.ts';

export const inProcessAnnotation = 'k8ts.io/runs-in';

export const isInProcess = (pod: Pod): boolean => pod.metadata.annotations?.[inProcessAnnotation] !== undefined;
