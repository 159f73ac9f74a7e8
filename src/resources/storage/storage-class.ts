/** StorageClasses. Upstream: pkg/apis/storage/validation, pkg/apis/storage/v1/defaults.go */
import { duplicate, FieldPath, forbidden, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import { labelWarning } from '../pod-spec/deprecations.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { immutable, invalidFor, sameJson, supportedOnly, Unique } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';
import { validateDriver, validateParameters } from './class-rules.ts';

const group = 'storage.k8s.io';
/** 'true' on the class of claims that name none; the second is its name from before it was settled. */
export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';
const betaDefaultClassAnnotation = 'storageclass.beta.kubernetes.io/is-default-class';

export function isDefaultClass({ metadata }: storagev1.StorageClass): boolean {
  return metadata.annotations?.[defaultClassAnnotation] === 'true' || metadata.annotations?.[betaDefaultClassAnnotation] === 'true';
}

function validate(given: storagev1.StorageClass): FieldError[] {
  return [
    ...validateDriver(given.provisioner, FieldPath.of('provisioner')),
    ...validateParameters(given.parameters, FieldPath.of('parameters')),
    ...(given.reclaimPolicy ? supportedOnly(FieldPath.of('reclaimPolicy'), given.reclaimPolicy, ['Delete', 'Retain']) : []),
    ...supportedOnly(FieldPath.of('volumeBindingMode'), given.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...validateTopologies(given.allowedTopologies ?? [], FieldPath.of('allowedTopologies')),
  ];
}

function validateTopologies(terms: readonly corev1.TopologySelectorTerm[], path: FieldPath): FieldError[] {
  return terms.flatMap((term, i) => {
    const at = path.index(i).child('matchLabelExpressions');
    const errors = validateTopology(term.matchLabelExpressions ?? [], at);
    return terms.slice(0, i).some((other) => sameJson(expressionsOf(other), expressionsOf(term))) ? [...errors, duplicate(at, '')] : errors;
  });
}

/** By key; the order of keys and of values says nothing. */
const expressionsOf = ({ matchLabelExpressions = [] }: corev1.TopologySelectorTerm): Record<string, string[]> => Object.fromEntries(matchLabelExpressions.map(({ key, values }) => [key, [...values].sort()]));

function validateTopology(expressions: readonly corev1.TopologySelectorLabelRequirement[], path: FieldPath): FieldError[] {
  const keys = new Unique();
  return expressions.flatMap(({ key, values = [] }, i) => {
    const at = path.index(i);
    const seen = new Unique();
    return [
      ...(values.length === 0 ? [required(at.child('values'))] : values.flatMap((value, j) => seen.check(at.child('values').index(j), value))),
      ...invalidFor(at.child('key'), key, checkQualifiedName(key)),
      ...keys.check(at.child('key'), key),
    ];
  });
}

function validateUpdate(given: storagev1.StorageClass, old: storagev1.StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!sameJson(given[field], old[field])) errors.push(forbidden(FieldPath.of(field), `updates to ${field} are forbidden.`));
  }
  return [...errors, ...immutable(FieldPath.of('volumeBindingMode'), given.volumeBindingMode, old.volumeBindingMode)];
}

const topologyWarnings = ({ allowedTopologies = [] }: storagev1.StorageClass): string[] =>
  allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) => matchLabelExpressions.flatMap(({ key }, j) => labelWarning(key, FieldPath.of('allowedTopologies').index(i).child('matchLabelExpressions').index(j).child('key'))));

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
    warnings: topologyWarnings,
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
