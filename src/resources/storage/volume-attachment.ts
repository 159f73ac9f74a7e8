import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const volumeAttachmentDefinition = defineKind<storagev1.VolumeAttachment>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  status: true,
});

export const volumeAttachments = typedKind<storagev1.VolumeAttachment>(volumeAttachmentDefinition);
