import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const persistentVolumeClaimDefinition = defineKind<corev1.PersistentVolumeClaim>({
  group: '',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
  shortNames: ['pvc'],
  status: true,
});

export const persistentVolumeClaims = typedKind<corev1.PersistentVolumeClaim>(persistentVolumeClaimDefinition);
