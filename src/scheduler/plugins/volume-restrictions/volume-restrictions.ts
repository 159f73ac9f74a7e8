/** Volumes that may be used only once: ReadWriteOncePod claims, and disks that attach to one Pod. Upstream: pkg/scheduler/framework/plugins/volumerestrictions */
import type { Informers } from '../../../client/informers.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { claimNameOf } from '../../../resources/core/volume-claims.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unschedulable } from '../../framework/rejection.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import { usesClaim, type PodInfo } from '../../state/pod-info.ts';

const name = 'VolumeRestrictions';
const claimTaken = unschedulable(name, 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode');
const diskTaken = unschedulable(name, 'node(s) had no available disk');

export function volumeRestrictions(informers: Informers): Plugin {
  const claims = informers.of(persistentVolumeClaims);
  return {
    name,
    filter: (pod, cluster) => {
      const single = pod.claims.map((claim) => `${pod.namespace}/${claim}`).filter((key) => claims.get(key)?.spec?.accessModes?.includes('ReadWriteOncePod'));
      const disks = disksOf(pod);
      if (single.length === 0 && disks.length === 0) return undefined;
      let users = 0;
      if (single.length > 0) for (const node of cluster.nodes) users += usersOf(node, single);
      return {
        filter: (node) => {
          if (users > 0) return claimTaken;
          return disks.length > 0 && [...node.pods.values()].some((other) => disksOf(other).some((theirs) => disks.some((own) => conflict(own, theirs)))) ? diskTaken : undefined;
        },
        podAdded: (other) => (users += sharedClaims(other, single)),
        podRemoved: (other) => (users -= sharedClaims(other, single)),
      };
    },
    wakes: (event, pod) => {
      if (event.type === 'pod-gone') return sharesClaim(event.pod, pod) || disksOf({ pod: event.pod }).some((theirs) => disksOf(pod).some((own) => conflict(own, theirs)));
      if (event.type === 'node-added') return disksOf(pod).length > 0;
      return event.type === 'claim-changed' && usesClaim(pod, event.claim);
    },
  };
}

const usersOf = (node: NodeInfo, claims: readonly string[]): number => claims.reduce((sum, claim) => sum + (node.claims.get(claim) ?? 0), 0);
const sharedClaims = (pod: PodInfo, claims: readonly string[]): number => pod.claims.filter((claim) => claims.includes(`${pod.namespace}/${claim}`)).length;

const sharesClaim = (gone: corev1.Pod, { namespace, claims }: PodInfo): boolean =>
  gone.metadata.namespace === namespace && (gone.spec?.volumes ?? []).some((volume) => claims.includes(claimNameOf(gone, volume) ?? ''));

/** A disk that several Pods of a node may use only if all of them read. */
interface Disk {
  readonly id: string;
  /** Several readers are allowed. */
  readonly readOnly: boolean;
}

function disksOf({ pod }: Pick<PodInfo, 'pod'>): Disk[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => diskOf(volume) ?? []);
}

function diskOf({ gcePersistentDisk: gce, awsElasticBlockStore: ebs, iscsi, rbd }: corev1.Volume): Disk | undefined {
  if (gce) return { id: `gce/${gce.pdName}`, readOnly: gce.readOnly === true };
  if (ebs) return { id: `ebs/${ebs.volumeID}`, readOnly: false };
  if (iscsi) return { id: `iscsi/${iscsi.iqn}`, readOnly: iscsi.readOnly === true };
  if (rbd) return { id: `rbd/${rbd.pool ?? 'rbd'}/${rbd.image}`, readOnly: rbd.readOnly === true };
  return undefined;
}

const conflict = (own: Disk, theirs: Disk): boolean => own.id === theirs.id && !(own.readOnly && theirs.readOnly);
