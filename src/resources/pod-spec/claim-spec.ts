/**
 * Validation of what a claim asks for, alone, as the template of an ephemeral volume, or as a template of a StatefulSet.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimTemplate)
 */
import { forbidden, invalid, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { compareQuantities, isQuantity } from '../../apimachinery/quantity.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor, nonEmpty, supportedOnly } from '../validation/fields.ts';
import { validateAnnotations, validateLabels, validateLabelSelector } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';
import { validateAmount } from '../validation/resource-lists.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const volumeModes = ['Block', 'Filesystem'];

/** Each mode is known, and ReadWriteOncePod stands alone. */
export function validateAccessModes(modes: readonly string[], path: FieldPath): FieldError[] {
  const errors = modes.flatMap((mode) => supportedOnly(path, mode, accessModes));
  const shared = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (shared && modes.includes('ReadWriteOncePod')) errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

/** More than none of it. */
export function validatePositiveAmount(name: string, amount: string, path: FieldPath): FieldError[] {
  if (isQuantity(amount) && compareQuantities(amount, '0') <= 0) return [invalid(path, amount, 'must be greater than zero')];
  return validateAmount(name, amount, path);
}

export function validateClaimSpec(spec: corev1.PersistentVolumeClaimSpec, path: FieldPath): FieldError[] {
  const modes = spec.accessModes ?? [];
  const size = spec.resources?.requests?.['storage'];
  const errors = modes.length === 0 ? [required(path.child('accessModes'), 'at least 1 access mode is required')] : [];
  errors.push(...validateLabelSelector(spec.selector, path.child('selector')), ...validateAccessModes(modes, path.child('accessModes')));
  const at = path.child('resources').key('storage');
  errors.push(...(size === undefined ? [required(at)] : validatePositiveAmount('storage', size, at)));
  if (spec.storageClassName) errors.push(...invalidFor(path.child('storageClassName'), spec.storageClassName, checkDnsSubdomain(spec.storageClassName)));
  errors.push(...supportedOnly(path.child('volumeMode'), spec.volumeMode, volumeModes), ...validateSources(spec, path));
  if (spec.volumeAttributesClassName) errors.push(...invalidFor(path.child('volumeAttributesClassName'), spec.volumeAttributesClassName, checkDnsSubdomain(spec.volumeAttributesClassName)));
  return errors;
}

/** What the volume is to be filled from: dataSource is the older way to say dataSourceRef. */
function validateSources({ dataSource, dataSourceRef }: corev1.PersistentVolumeClaimSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (dataSource) errors.push(...validateReference(dataSource, path.child('dataSource')));
  if (dataSourceRef) {
    const at = path.child('dataSourceRef');
    errors.push(...validateReference(dataSourceRef, at));
    if (dataSourceRef.namespace) errors.push(...invalidFor(at.child('namespace'), dataSourceRef.namespace, checkDnsLabel(dataSourceRef.namespace)));
  }
  if (!dataSource || !dataSourceRef) return errors;
  // Upstream puts the path where the value belongs.
  const shown = path.child('dataSource').toString();
  if (dataSourceRef.namespace) errors.push(invalid(path, shown, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (dataSource.apiGroup !== dataSourceRef.apiGroup || dataSource.kind !== dataSourceRef.kind || dataSource.name !== dataSourceRef.name) errors.push(invalid(path, shown, 'must match dataSourceRef'));
  return errors;
}

function validateReference({ apiGroup, kind, name }: corev1.TypedLocalObjectReference, path: FieldPath): FieldError[] {
  const errors = [...nonEmpty(path.child('name'), name), ...nonEmpty(path.child('kind'), kind)];
  if (!apiGroup && kind !== 'PersistentVolumeClaim') errors.push(invalid(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup) errors.push(...invalidFor(path.child('apiGroup'), apiGroup, checkDnsSubdomain(apiGroup)));
  return errors;
}

export function validateClaimTemplate({ metadata, spec }: corev1.PersistentVolumeClaimTemplate, path: FieldPath): FieldError[] {
  const at = path.child('metadata');
  const errors = [...validateAnnotations(metadata?.annotations, at.child('annotations')), ...validateLabels(metadata?.labels, at.child('labels'))];
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (key !== 'annotations' && key !== 'labels' && value !== undefined && value !== null && value !== '') errors.push(forbidden(at.child(key), 'cannot be set'));
  }
  return [...errors, ...validateClaimSpec(spec ?? {}, path.child('spec'))];
}
