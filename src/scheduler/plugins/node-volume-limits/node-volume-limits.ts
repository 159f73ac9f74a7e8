/** A CSI driver attaches only so many volumes to a node, as the CSINode says. Upstream: pkg/scheduler/framework/plugins/nodevolumelimits */
import type { Informers } from '../../../client/informers.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../../resources/core/persistent-volume.ts';
import { csiNodes } from '../../../resources/storage/csi-node.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unschedulable } from '../../framework/rejection.ts';

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
            const handles = new Set<string>();
            for (const volume of [...own, ...[...node.claims.keys()].flatMap((claim) => attachedBy(claim) ?? [])]) if (volume.driver === driver) handles.add(volume.handle);
            if (own.some((volume) => volume.driver === driver) && handles.size > allocatable.count) return full;
          }
          return undefined;
        },
      };
    },
    wakes: (event) => event.type === 'pod-gone' || event.type === 'node-added' || event.type === 'claim-changed',
  };
}
