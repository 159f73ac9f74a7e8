/** What happened in the cluster, as far as it can make room for a Pod that waits. Plugins say which events concern a Pod they refused. */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import { NodeInfo } from '../state/node-info.ts';

export type NodeChange = 'labels' | 'taints' | 'allocatable' | 'unschedulable';

/** `old` is what was there before; absent for what is new. */
export type ClusterEvent =
  | { readonly type: 'node-added'; readonly node: corev1.Node }
  | { readonly type: 'node-changed'; readonly node: corev1.Node; readonly old: corev1.Node; readonly changes: ReadonlySet<NodeChange> }
  | { readonly type: 'node-removed' }
  /** A Pod came to be on a node, or left one (or the node it was nominated to). */
  | { readonly type: 'pod-placed' | 'pod-gone'; readonly pod: corev1.Pod }
  /** A Pod on a node changed its labels or began to terminate; or asks for other amounts. */
  | { readonly type: 'pod-relabelled' | 'pod-resized'; readonly pod: corev1.Pod; readonly old: corev1.Pod }
  /** The waiting Pod itself changed. */
  | { readonly type: 'self-changed'; readonly pod: corev1.Pod; readonly old: corev1.Pod }
  | { readonly type: 'claim-changed'; readonly claim: corev1.PersistentVolumeClaim; readonly old?: corev1.PersistentVolumeClaim | undefined }
  | { readonly type: 'volume-changed'; readonly volume: corev1.PersistentVolume; readonly old?: corev1.PersistentVolume | undefined }
  | { readonly type: 'storage-class-changed'; readonly storageClass: storagev1.StorageClass; readonly old?: storagev1.StorageClass | undefined }
  | { readonly type: 'csi-node-changed'; readonly csiNode: storagev1.CSINode; readonly old?: storagev1.CSINode | undefined }
  | { readonly type: 'csi-driver-changed'; readonly driver: storagev1.CSIDriver }
  | { readonly type: 'csi-capacity-changed'; readonly capacity: storagev1.CSIStorageCapacity; readonly old?: storagev1.CSIStorageCapacity | undefined }
  /** Also a claim that is gone, without what it had. */
  | { readonly type: 'resource-claim-changed'; readonly claim: resourcev1.ResourceClaim; readonly old?: resourcev1.ResourceClaim | undefined }
  | { readonly type: 'device-class-changed' | 'resource-slices-changed' }
  | { readonly type: 'namespace-changed'; readonly namespace: string };

/** The node that came or changed in one of these respects. */
export function nodeThatMayFit(event: ClusterEvent, ...changes: readonly NodeChange[]): NodeInfo | undefined {
  if (event.type === 'node-added') return withoutPods(event.node);
  return event.type === 'node-changed' && changes.some((change) => event.changes.has(change)) ? withoutPods(event.node) : undefined;
}

/** The node as it was before it changed. */
export const nodeBefore = (event: ClusterEvent): NodeInfo | undefined => (event.type === 'node-changed' ? withoutPods(event.old) : undefined);

/** A new or changed node where `fits` holds and, for a changed one, did not hold before. */
export function nodeBeganToFit(event: ClusterEvent, changes: readonly NodeChange[], fits: (node: NodeInfo) => boolean): boolean {
  const node = nodeThatMayFit(event, ...changes);
  if (node === undefined || !fits(node)) return false;
  const before = nodeBefore(event);
  return before === undefined || !fits(before);
}

/** One event is shown to every waiting Pod: what is read from its node is read once. */
const known = new WeakMap<corev1.Node, NodeInfo>();

function withoutPods(node: corev1.Node): NodeInfo {
  const info = known.get(node) ?? new NodeInfo(node);
  known.set(node, info);
  return info;
}
