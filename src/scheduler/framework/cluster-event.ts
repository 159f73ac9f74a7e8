/** What happened in the cluster, as far as it can make room for a Pod that waits. Plugins say which events concern a Pod they refused. */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import type { PodInfo } from '../state/pod-info.ts';

export type NodeChange = 'labels' | 'taints' | 'allocatable' | 'unschedulable';

export type ClusterEvent =
  | { readonly type: 'node-added'; readonly node: corev1.Node }
  | { readonly type: 'node-changed'; readonly node: corev1.Node; readonly changes: ReadonlySet<NodeChange> }
  | { readonly type: 'node-removed' }
  /** A Pod came to be on a node, changed its labels there, shrank there, or left. */
  | { readonly type: 'pod-placed' | 'pod-relabelled' | 'pod-shrunk' | 'pod-gone'; readonly pod: corev1.Pod }
  /** The waiting Pod itself changed. */
  | { readonly type: 'self-changed'; readonly pod: PodInfo }
  | { readonly type: 'claim-changed'; readonly claim: corev1.PersistentVolumeClaim }
  | { readonly type: 'volume-changed'; readonly volume: corev1.PersistentVolume }
  | { readonly type: 'storage-class-changed'; readonly storageClass: storagev1.StorageClass }
  | { readonly type: 'namespace-changed'; readonly namespace: string };

/** Did a node come or change in one of these respects? */
export function nodeMayFit(event: ClusterEvent, ...changes: readonly NodeChange[]): boolean {
  if (event.type === 'node-added') return true;
  return event.type === 'node-changed' && changes.some((change) => event.changes.has(change));
}
