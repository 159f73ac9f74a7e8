/** VolumeAttributesClasses: what of a volume may change while it is in use. Upstream: pkg/apis/storage/validation */
import { FieldPath, forbidden, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { sameJson } from '../validation/fields.ts';
import { validateDriver, validateParameters } from './class-rules.ts';

/** Kept while a claim or a volume has the class. */
export const attributesClassProtection = 'kubernetes.io/vac-protection';

const parameters = FieldPath.of('parameters');

/** 'true' on the class of claims that name none. */
const defaultClassAnnotation = 'volumeattributesclass.alpha.kubernetes.io/is-default-class';

function validate(given: storagev1.VolumeAttributesClass): FieldError[] {
  const errors = [...validateDriver(given.driverName, FieldPath.of('driverName')), ...validateParameters(given.parameters, parameters)];
  return Object.keys(given.parameters ?? {}).length === 0 ? [...errors, required(parameters, 'must contain at least one key/value pair')] : errors;
}

function validateUpdate(given: storagev1.VolumeAttributesClass, old: storagev1.VolumeAttributesClass): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['driverName', 'parameters'] as const) {
    if (!sameJson(given[field], old[field])) errors.push(forbidden(FieldPath.of(field), `updates to ${field} are forbidden.`));
  }
  return [...errors, ...validate(given)];
}

export const volumeAttributesClassDefinition = defineKind<storagev1.VolumeAttributesClass>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  namespaced: false,
  shortNames: ['vac'],
  strategy: { generation: 'none', validate, validateUpdate, allowUnconditionalUpdate: true },
  columns: [{ ...nameColumn, cell: ({ metadata }) => `${metadata.name ?? ''}${metadata.annotations?.[defaultClassAnnotation] === 'true' ? ' (default)' : ''}` }, text('DriverName', ({ driverName }) => driverName ?? ''), ageColumn],
});

export const volumeAttributesClasses = typedKind<storagev1.VolumeAttributesClass>(volumeAttributesClassDefinition);
