import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const persistentVolumeDefinition = defineKind<corev1.PersistentVolume>({
  group: '',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
  shortNames: ['pv'],
  status: true,
});

export const persistentVolumes = typedKind<corev1.PersistentVolume>(persistentVolumeDefinition);
