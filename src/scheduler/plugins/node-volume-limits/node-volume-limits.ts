/** A CSI driver attaches only so many volumes to a node, as the CSINode says. Upstream: pkg/scheduler/framework/plugins/nodevolumelimits */
import type { Informers } from '../../../client/informers.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../../resources/core/persistent-volume.ts';
import { claimNameOf } from '../../../resources/core/volume-claims.ts';
import { csiNodes } from '../../../resources/storage/csi-node.ts';
import type * as storagev1 from '../../../resources/types/storage-v1.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unschedulable } from '../../framework/rejection.ts';
import { usesClaim } from '../../state/pod-info.ts';

const name = 'NodeVolumeLimits';
const full = unschedulable(name, 'node(s) exceed max volume count');

interface AttachedVolume {
  readonly driver: string;
  readonly handle: string;
}

export function nodeVolumeLimits(informers: Informers): Plugin {
  const claims = informers.of(persistentVolumeClaims);
  const volumes = informers.of(persistentVolumes);
  const perNode = informers.of(csiNodes);
  const attachedBy = (claim: string): AttachedVolume | undefined => {
    const csi = volumes.get(claims.get(claim)?.spec?.volumeName ?? '')?.spec?.csi;
    return csi && { driver: csi.driver, handle: csi.volumeHandle };
  };
  return {
    name,
    filter: (pod) => {
      const own = pod.claims.flatMap((claim) => attachedBy(`${pod.namespace}/${claim}`) ?? []);
      if (own.length === 0) return undefined;
      return {
        filter: (node) => {
          for (const { name: driver, allocatable } of perNode.get(node.name)?.spec.drivers ?? []) {
            if (allocatable?.count === undefined) continue;
            const handlesOf = (volumes: readonly AttachedVolume[]): ReadonlySet<string> => new Set(volumes.filter((volume) => volume.driver === driver).map(({ handle }) => handle));
            const attached = handlesOf([...node.claims.keys()].flatMap((claim) => attachedBy(claim) ?? []));
            const more = handlesOf(own).difference(attached);
            if (more.size > 0 && attached.size + more.size > allocatable.count) return full;
          }
          return undefined;
        },
      };
    },
    wakes: (event, pod) => {
      if (event.type === 'pod-gone') return (event.pod.spec?.volumes ?? []).some((volume) => claimNameOf(event.pod, volume) !== undefined);
      if (event.type === 'csi-node-changed') return hasMoreRoom(event);
      return event.type === 'claim-changed' && usesClaim(pod, event.claim);
    },
  };
}

/** Whether a driver came to a node, or attaches more volumes there than before. */
function hasMoreRoom({ csiNode, old }: { readonly csiNode: storagev1.CSINode; readonly old?: storagev1.CSINode | undefined }): boolean {
  const limit = ({ allocatable }: storagev1.CSINodeDriver): number => allocatable?.count ?? Infinity;
  return csiNode.spec.drivers.some((driver) => {
    const before = old?.spec.drivers.find(({ name: other }) => other === driver.name);
    return before === undefined || limit(driver) > limit(before);
  });
}
