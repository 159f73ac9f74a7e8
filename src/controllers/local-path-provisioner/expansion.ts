/**
 * A claim that asks for more than it has: the volume first, then the claim, as upstream's resizer does; on a folder there is nothing
 * else to do.
 */
import { compareQuantities } from '../../apimachinery/quantity.ts';
import type { ApiClient } from '../../client/client.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { requestedSize, volumeSize } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

/** True where the claim grew. */
export async function expand(claim: corev1.PersistentVolumeClaim, volume: corev1.PersistentVolume, client: ApiClient): Promise<boolean> {
  const wanted = requestedSize(claim);
  const has = claim.status?.capacity?.['storage'];
  if (claim.status?.phase !== 'Bound' || has === undefined || compareQuantities(wanted, has) <= 0) return false;
  if (compareQuantities(wanted, volumeSize(volume)) > 0) {
    await client.of(persistentVolumes).patch(volume.metadata.name ?? '', 'merge', { metadata: { uid: volume.metadata.uid }, spec: { capacity: { storage: wanted } } });
  }
  const { name = '', namespace, uid, resourceVersion } = claim.metadata;
  await client.of(persistentVolumeClaims).namespace(namespace).patch(name, 'merge', { metadata: { uid, resourceVersion }, status: { capacity: { storage: wanted } } }, { subresource: 'status' });
  return true;
}
