/** What a volume made for a claim looks like. */
import { claimReference, provisionedBy, requestedSize } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';

type Claim = corev1.PersistentVolumeClaim;

/** Holds a volume until its folder is gone, or is to stay. */
export const provisionerFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';

export const volumeNameOf = (claim: Claim): string => `pvc-${claim.metadata.uid ?? ''}`;

/** Why no volume can be made for a claim; undefined where one can. */
export function whyNot({ spec }: Claim): string | undefined {
  if (spec?.selector !== undefined) return 'claim Selector is not supported';
  if (spec?.volumeMode === 'Block') return 'block volume provisioning is not supported';
  return spec?.dataSource === undefined && spec?.dataSourceRef === undefined ? undefined : 'data sources are not supported';
}

/** Reserved for the claim by UID, and for Pods of its node alone. */
export function volumeFor(claim: Claim, storageClass: storagev1.StorageClass, { path, nodeName }: { readonly path: string; readonly nodeName: string }): corev1.PersistentVolume {
  return {
    metadata: { name: volumeNameOf(claim), annotations: { [provisionedBy]: storageClass.provisioner }, finalizers: [provisionerFinalizer] },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: requestedSize(claim) },
      claimRef: claimReference(claim),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: 'Filesystem',
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] }] } },
    },
  };
}
