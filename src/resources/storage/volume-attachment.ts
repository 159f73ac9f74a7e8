import { ageColumn, flag, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const volumeAttachmentDefinition = defineKind<storagev1.VolumeAttachment>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  status: true,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('storage.k8s.io', 'v1beta1', 'VolumeAttachment', '1.19', '1.22') }],
  columns: [
    nameColumn,
    { ...text('Attacher', ({ spec }) => spec?.attacher ?? ''), format: 'name' },
    text('PV', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    text('Node', ({ spec }) => spec?.nodeName ?? ''),
    flag('Attached', ({ status }) => status?.attached ?? false),
    ageColumn,
  ],
});

export const volumeAttachments = typedKind<storagev1.VolumeAttachment>(volumeAttachmentDefinition);
