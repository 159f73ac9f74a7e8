/** What of a PersistentVolume or of a claim is of old. Upstream: pkg/api/persistentvolume/util.go, pkg/api/persistentvolumeclaim/util.go */
import { FieldPath } from '../../apimachinery/field-error.ts';
import { claimSpecWarnings, sourceWarnings, termWarnings } from '../pod-spec/deprecations.ts';
import type * as corev1 from '../types/core-v1.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const mountAnnotation = 'volume.beta.kubernetes.io/mount-options';
const annotations = FieldPath.of('metadata', 'annotations');
const spec = FieldPath.of('spec');

const annotationWarning = (given: Readonly<Record<string, string>> | undefined, key: string, message: string): string[] => (given !== undefined && key in given ? [`${annotations.key(key).toString()}: ${message}`] : []);

export function volumeWarnings({ metadata, spec: given }: corev1.PersistentVolume): string[] {
  if (given === undefined) return [];
  const terms = spec.child('nodeAffinity', 'required', 'nodeSelectorTerms');
  return [
    ...annotationWarning(metadata.annotations, classAnnotation, 'deprecated since v1.8; use "storageClassName" attribute instead'),
    ...annotationWarning(metadata.annotations, mountAnnotation, 'deprecated since v1.31; use "mountOptions" attribute instead'),
    ...(given.persistentVolumeReclaimPolicy === 'Recycle'
      ? [`${spec.child('persistentVolumeReclaimPolicy').toString()}: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.`]
      : []),
    ...(given.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, i) => termWarnings(term, terms.index(i))),
    ...sourceWarnings(given, spec),
  ];
}

export const claimWarnings = ({ metadata, spec: given }: corev1.PersistentVolumeClaim): string[] => [
  ...annotationWarning(metadata.annotations, classAnnotation, 'deprecated since v1.8; use "storageClassName" attribute instead'),
  ...claimSpecWarnings(given, spec),
];
