/** StorageClasses. Upstream: pkg/apis/storage/validation, pkg/apis/storage/v1/defaults.go */
import { FieldPath, forbidden, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { checkedText, immutable, oneOf, sameJson } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

const group = 'storage.k8s.io';
/** 'true' on the class of claims that name none; the second is its name from before it was settled. */
export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';
const betaDefaultClassAnnotation = 'storageclass.beta.kubernetes.io/is-default-class';

export function isDefaultClass({ metadata }: storagev1.StorageClass): boolean {
  return metadata.annotations?.[defaultClassAnnotation] === 'true' || metadata.annotations?.[betaDefaultClassAnnotation] === 'true';
}

function validate(given: storagev1.StorageClass): FieldError[] {
  return [
    ...checkedText(FieldPath.of('provisioner'), given.provisioner, (name) => checkQualifiedName(name.toLowerCase())),
    ...oneOf(FieldPath.of('reclaimPolicy'), given.reclaimPolicy, ['Delete', 'Retain']),
    ...oneOf(FieldPath.of('volumeBindingMode'), given.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
  ];
}

function validateUpdate(given: storagev1.StorageClass, old: storagev1.StorageClass): FieldError[] {
  const errors = validate(given);
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!sameJson(given[field] ?? null, old[field] ?? null)) errors.push(forbidden(FieldPath.of(field), `updates to ${field} are forbidden.`));
  }
  return [...errors, ...immutable(FieldPath.of('volumeBindingMode'), given.volumeBindingMode, old.volumeBindingMode)];
}

export const storageClassDefinition = defineKind<storagev1.StorageClass>({
  group,
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
  shortNames: ['sc'],
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'StorageClass', '1.19', '1.22') }],
  strategy: {
    generation: 'none',
    defaults(given) {
      given.reclaimPolicy ??= 'Delete';
      given.volumeBindingMode ??= 'Immediate';
    },
    validate,
    validateUpdate,
    allowUnconditionalUpdate: true,
  },
  columns: [
    { ...nameColumn, cell: (given) => `${given.metadata.name ?? ''}${isDefaultClass(given as storagev1.StorageClass) ? ' (default)' : ''}` },
    text('Provisioner', (given) => given.provisioner ?? ''),
    text('ReclaimPolicy', (given) => given.reclaimPolicy ?? 'Delete'),
    text('VolumeBindingMode', (given) => given.volumeBindingMode ?? 'Immediate'),
    text('AllowVolumeExpansion', (given) => String(given.allowVolumeExpansion ?? false)),
    ageColumn,
  ],
});

export const storageClasses = typedKind<storagev1.StorageClass>(storageClassDefinition);
