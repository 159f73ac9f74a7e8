import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';

export const volumeAttributesClassDefinition = defineKind<storagev1.VolumeAttributesClass>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  namespaced: false,
  shortNames: ['vac'],
  columns: [nameColumn, text('DriverName', ({ driverName }) => driverName ?? ''), ageColumn],
});

export const volumeAttributesClasses = typedKind<storagev1.VolumeAttributesClass>(volumeAttributesClassDefinition);
