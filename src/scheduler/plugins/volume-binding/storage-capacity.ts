/**
 * Whether a driver that publishes how much storage it has left (CSIStorageCapacity objects) can make a volume for a node.
 * Upstream: pkg/scheduler/framework/plugins/volumebinding (hasEnoughCapacity)
 */
import { LabelSelector } from '../../../apimachinery/label-selector.ts';
import { compareQuantities } from '../../../apimachinery/quantity.ts';
import type { Informers } from '../../../client/informers.ts';
import { claimClassOf, requestedSize } from '../../../resources/core/volume-claims.ts';
import { csiDrivers } from '../../../resources/storage/csi-driver.ts';
import { csiStorageCapacities } from '../../../resources/storage/csi-storage-capacity.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as storagev1 from '../../../resources/types/storage-v1.ts';
import { selectorOrNothing } from '../../state/affinity-term.ts';
import type { NodeFacts } from '../../state/node-selector.ts';

export type HasRoom = (claim: corev1.PersistentVolumeClaim, storageClass: storagev1.StorageClass, node: NodeFacts) => boolean;

/** Drivers that say nothing of their capacity have room for everything. */
export function storageCapacity(informers: Informers): HasRoom {
  const drivers = informers.of(csiDrivers);
  const published = informers.of(csiStorageCapacities);
  return (claim, storageClass, node) => {
    if (drivers.get(storageClass.provisioner)?.spec.storageCapacity !== true) return true;
    const wanted = requestedSize(claim);
    return published.list().some((each) => each.storageClassName === claimClassOf(claim) && compareQuantities(largest(each), wanted) >= 0 && isFor(each, node));
  };
}

/** How large a volume can be made. */
const largest = ({ capacity, maximumVolumeSize }: storagev1.CSIStorageCapacity): string | number => maximumVolumeSize ?? capacity ?? '0';

function isFor({ nodeTopology }: storagev1.CSIStorageCapacity, { labels }: NodeFacts): boolean {
  const selector = nodeTopology === undefined ? LabelSelector.nothing : selectorOrNothing(nodeTopology);
  return !selector.matchesNothing && selector.matches(labels);
}

export function hasGrown({ capacity, old }: { readonly capacity: storagev1.CSIStorageCapacity; readonly old?: storagev1.CSIStorageCapacity | undefined }): boolean {
  return old === undefined || compareQuantities(largest(capacity), largest(old)) > 0 || compareQuantities(capacity.capacity ?? '0', old.capacity ?? '0') > 0;
}
