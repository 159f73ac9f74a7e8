/**
 * What the informers tell, brought into the cluster state and the queue. Upstream: pkg/scheduler/eventhandlers.go
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Informers } from '../client/informers.ts';
import { namespaces } from '../resources/core/namespace.ts';
import { nodes } from '../resources/core/node.ts';
import { persistentVolumeClaims } from '../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../resources/core/persistent-volume.ts';
import { pods } from '../resources/core/pod.ts';
import { isFinished, isTerminating } from '../resources/core/pod-readiness.ts';
import { deviceClasses } from '../resources/resource/device-class.ts';
import { resourceClaims } from '../resources/resource/resource-claim.ts';
import { resourceSlices } from '../resources/resource/resource-slice.ts';
import { csiDrivers } from '../resources/storage/csi-driver.ts';
import { csiNodes } from '../resources/storage/csi-node.ts';
import { csiStorageCapacities } from '../resources/storage/csi-storage-capacity.ts';
import { storageClasses } from '../resources/storage/storage-class.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import type * as resourcev1 from '../resources/types/resource-v1.ts';
import { defaultSchedulerName } from './configuration.ts';
import type { ClusterEvent, NodeChange } from './framework/cluster-event.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { ClusterState } from './state/cluster-state.ts';
import type { Nominations } from './state/nominations.ts';
import { podInfo, sameForScheduling, sameLabels } from './state/pod-info.ts';

interface Sinks {
  readonly informers: Informers;
  readonly cluster: ClusterState;
  readonly queue: SchedulingQueue;
  readonly nominations: Nominations;
  /** Pods that name another scheduler are only counted where they are. */
  readonly isOurs: (schedulerName: string) => boolean;
}

/** Returns the function that stops listening. */
export function listen(sinks: Sinks): () => void {
  const { informers, queue } = sinks;
  const tell = <T extends KubeObject>(event: (object: T, old?: T) => ClusterEvent) => ({ added: (object: T) => queue.happened(event(object)), updated: (object: T, old: T) => queue.happened(event(object, old)) });
  const stops = [
    informers.of(nodes).addHandler(nodeHandler(sinks)),
    informers.of(pods).addHandler(podHandler(sinks)),
    informers.of(persistentVolumeClaims).addHandler(tell<corev1.PersistentVolumeClaim>((claim, old) => ({ type: 'claim-changed', claim, old }))),
    informers.of(persistentVolumes).addHandler(tell<corev1.PersistentVolume>((volume, old) => ({ type: 'volume-changed', volume, old }))),
    informers.of(storageClasses).addHandler(tell((storageClass, old) => ({ type: 'storage-class-changed', storageClass, old }))),
    informers.of(csiNodes).addHandler(tell((csiNode, old) => ({ type: 'csi-node-changed', csiNode, old }))),
    informers.of(csiDrivers).addHandler(tell((driver) => ({ type: 'csi-driver-changed', driver }))),
    informers.of(csiStorageCapacities).addHandler(tell((capacity, old) => ({ type: 'csi-capacity-changed', capacity, old }))),
    informers.of(resourceClaims).addHandler({
      ...tell<resourcev1.ResourceClaim>((claim, old) => ({ type: 'resource-claim-changed', claim, old })),
      deleted: (old) => queue.happened({ type: 'resource-claim-changed', claim: { ...old, status: {} }, old }),
    }),
    informers.of(deviceClasses).addHandler(tell(() => ({ type: 'device-class-changed' }))),
    informers.of(resourceSlices).addHandler(tell(() => ({ type: 'resource-slices-changed' }))),
    informers.of(namespaces).addHandler({
      updated: (now, old) => {
        if (!sameLabels(now.metadata.labels, old.metadata.labels)) queue.happened({ type: 'namespace-changed', namespace: now.metadata.name ?? '' });
      },
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

function nodeHandler({ cluster, queue }: Sinks) {
  return {
    added: (node: corev1.Node) => {
      cluster.setNode(node);
      queue.happened({ type: 'node-added', node });
    },
    updated: (node: corev1.Node, old: corev1.Node) => {
      const changes = nodeChanges(node, old);
      // A heartbeat: nothing that matters here.
      if (changes.size === 0 && same(node.status?.images, old.status?.images)) return;
      cluster.setNode(node);
      if (changes.size > 0) queue.happened({ type: 'node-changed', node, old, changes });
    },
    deleted: (node: corev1.Node) => {
      cluster.removeNode(node.metadata.name ?? '');
      queue.happened({ type: 'node-removed' });
    },
  };
}

/** What of a node changed that decides who may run there. */
export function nodeChanges(node: corev1.Node, old: corev1.Node): Set<NodeChange> {
  const changes = new Set<NodeChange>();
  if (!sameLabels(node.metadata.labels, old.metadata.labels)) changes.add('labels');
  if (!same(node.spec?.taints, old.spec?.taints)) changes.add('taints');
  if ((node.spec?.unschedulable ?? false) !== (old.spec?.unschedulable ?? false)) changes.add('unschedulable');
  if (!same(node.status?.allocatable, old.status?.allocatable)) changes.add('allocatable');
  return changes;
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const nodeOf = (pod: corev1.Pod): string => pod.spec?.nodeName ?? '';
const uidOf = (pod: corev1.Pod): string => pod.metadata.uid ?? '';

function podHandler(sinks: Sinks) {
  const { cluster, queue, nominations } = sinks;
  const isWaiting = (pod: corev1.Pod): boolean => nodeOf(pod) === '' && !isFinished(pod) && !isTerminating(pod) && sinks.isOurs(pod.spec?.schedulerName ?? defaultSchedulerName);
  const placed = (pod: corev1.Pod): void => {
    queue.remove(uidOf(pod));
    nominations.clear(uidOf(pod));
    cluster.setPod(pod);
    queue.happened({ type: 'pod-placed', pod });
  };
  const gone = (pod: corev1.Pod): void => {
    const uid = uidOf(pod);
    const wasNominated = nominations.nodeOf(uid) !== undefined;
    queue.remove(uid);
    nominations.clear(uid);
    const wasPlaced = cluster.isPlaced(uid);
    cluster.removePod(uid);
    if (wasPlaced) queue.happened({ type: 'pod-gone', pod });
    else if (wasNominated) leftNomination(sinks, pod);
  };
  const added = (pod: corev1.Pod): void => {
    if (isFinished(pod)) return;
    if (nodeOf(pod) !== '') {
      placed(pod);
      return;
    }
    if (!isWaiting(pod)) return;
    const info = podInfo(pod);
    if (pod.status?.nominatedNodeName) nominations.set(info, pod.status.nominatedNodeName);
    queue.add(info);
  };
  const updated = (pod: corev1.Pod, old: corev1.Pod): void => {
    if (isFinished(pod)) {
      if (!isFinished(old)) gone(pod);
      return;
    }
    if (nodeOf(pod) !== nodeOf(old)) added(pod);
    else if (nodeOf(pod) !== '') changedOnNode(sinks, pod, old);
    else if (!isWaiting(pod)) gone(pod);
    else {
      if (!sameForScheduling(pod, old) || !same(pod.status?.resourceClaimStatuses, old.status?.resourceClaimStatuses)) queue.update(podInfo(pod));
      renominated(sinks, pod, old);
    }
  };
  return { added, updated, deleted: gone };
}

function changedOnNode({ cluster, queue }: Sinks, pod: corev1.Pod, old: corev1.Pod): void {
  cluster.setPod(pod);
  if (!sameLabels(pod.metadata.labels, old.metadata.labels) || isTerminating(pod) !== isTerminating(old)) queue.happened({ type: 'pod-relabelled', pod, old });
  if (!sameForScheduling(pod, old)) queue.happened({ type: 'pod-resized', pod, old });
}

/** Anyone may nominate a waiting Pod to a node, or take the nomination back. */
function renominated(sinks: Sinks, pod: corev1.Pod, old: corev1.Pod): void {
  const [now = '', before = ''] = [pod.status?.nominatedNodeName, old.status?.nominatedNodeName];
  if (now === before) return;
  sinks.nominations.set(sinks.queue.get(uidOf(pod)) ?? podInfo(pod), now);
  if (before !== '') leftNomination(sinks, old);
}

/** The room that a nominated Pod was to have is free for Pods that are not more important: the others never minded it. */
function leftNomination({ queue }: Sinks, pod: corev1.Pod): void {
  queue.happened({ type: 'pod-gone', pod }, ({ priority, uid }) => priority <= (pod.spec?.priority ?? 0) && uid !== uidOf(pod));
}
