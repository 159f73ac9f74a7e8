/** A volume that is labelled with a zone or region is reached from there only. Upstream: pkg/scheduler/framework/plugins/volumezone */
import type { Informers } from '../../../client/informers.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../../resources/core/persistent-volume.ts';
import { nodeThatMayFit } from '../../framework/cluster-event.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import { usesClaim } from '../../state/pod-info.ts';

const name = 'VolumeZone';
const elsewhere = unresolvable(name, 'node(s) had no available volume zone');

/** Each label with its older name. */
const topologyLabels: readonly (readonly [label: string, old: string])[] = [
  ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
];

interface Place {
  readonly label: string;
  readonly old: string;
  readonly values: ReadonlySet<string>;
}

export function volumeZone(informers: Informers): Plugin {
  const claims = informers.of(persistentVolumeClaims);
  const volumes = informers.of(persistentVolumes);
  return {
    name,
    filter: (pod) => {
      if (pod.claims.length === 0) return undefined;
      const places = pod.claims.flatMap((claim) => placesOf(volumes.get(claims.get(`${pod.namespace}/${claim}`)?.spec?.volumeName ?? '')?.metadata.labels));
      return places.length === 0 ? undefined : { filter: (node) => (isPlaced(node) && !places.every((place) => isIn(node, place)) ? elsewhere : undefined) };
    },
    wakes: (event, pod) => {
      if (event.type === 'claim-changed') return usesClaim(pod, event.claim);
      if (event.type === 'storage-class-changed') return event.old === undefined && event.storageClass.volumeBindingMode === 'WaitForFirstConsumer';
      return event.type === 'volume-changed' || nodeThatMayFit(event, 'labels') !== undefined;
    },
  };
}

/** A volume of several zones has their names with two underscores between them. */
function placesOf(labels: Readonly<Record<string, string>> = {}): Place[] {
  return topologyLabels.flatMap(([label, old]) => {
    const value = labels[label] ?? labels[old];
    return value === undefined ? [] : [{ label, old, values: new Set(value.split('__')) }];
  });
}

const isPlaced = ({ labels }: NodeInfo): boolean => topologyLabels.some(([label, old]) => labels[label] !== undefined || labels[old] !== undefined);
const isIn = ({ labels }: NodeInfo, { label, old, values }: Place): boolean => values.has(labels[label] ?? labels[old] ?? '');
