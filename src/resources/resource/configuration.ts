/**
 * What classes and claims say of devices alike: selectors, settings for the driver, tolerations of taints.
 * Upstream: pkg/apis/resource/validation/validation.go
 */
import { duplicate, invalid, notSupported, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as metav1 from '../types/meta-v1.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkLabelValue, checkQualifiedName } from '../validation/names.ts';
import { validateList } from './lists.ts';
import { validateDriverName } from './names.ts';

const maxSelectors = 32;
const maxBytes = 10 * 1024;
export const taintEffects = ['NoExecute', 'NoSchedule', 'None'];

/** Selectors are not compiled here: this room has no CEL. */
export const validateSelectors = (selectors: readonly resourcev1.DeviceSelector[] | undefined, path: FieldPath): FieldError[] =>
  validateList(selectors, maxSelectors, path, ({ cel }, at) => {
    if (cel === undefined) return [required(at.child('cel'))];
    return Buffer.byteLength(cel.expression ?? '') > maxBytes ? [tooLong(at.child('cel', 'expression'), maxBytes)] : [];
  });

export function validateConfiguration({ opaque }: { readonly opaque?: resourcev1.OpaqueDeviceConfiguration | undefined }, path: FieldPath): FieldError[] {
  if (opaque === undefined) return [required(path.child('opaque'))];
  const at = path.child('opaque');
  return [...validateDriverName(opaque.driver, at.child('driver')), ...validateRawObject(opaque.parameters, at.child('parameters'))];
}

/** JSON that only a driver understands: an object of at most 10 KiB. */
export function validateRawObject(value: metav1.RawExtension | undefined, path: FieldPath): FieldError[] {
  if (value === undefined || value === null) return [required(path)];
  if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) return [tooLong(path, maxBytes)];
  return typeof value !== 'object' || Array.isArray(value) ? [invalid(path, '<value omitted>', 'must be a valid JSON object')] : [];
}

export const validateTolerations = (tolerations: readonly resourcev1.DeviceToleration[] | undefined, path: FieldPath): FieldError[] =>
  validateList(tolerations, Infinity, path, ({ key, operator = '', value = '', effect }, at) => [
    ...(key ? invalidFor(at.child('key'), key, checkQualifiedName(key)) : []),
    ...validateOperator(operator, value, at),
    ...(effect && !taintEffects.includes(effect) ? [notSupported(at.child('effect'), effect, taintEffects)] : []),
  ]);

function validateOperator(operator: string, value: string, at: FieldPath): FieldError[] {
  if (operator === 'Exists') return value === '' ? [] : [invalid(at.child('value'), value, 'must be empty for operator `Exists`')];
  if (operator === 'Equal') return invalidFor(at.child('value'), value, checkLabelValue(value));
  return [operator === '' ? required(at.child('operator')) : notSupported(at.child('operator'), operator, ['Equal', 'Exists'])];
}

interface Bindings {
  readonly bindingConditions?: readonly string[] | undefined;
  readonly bindingFailureConditions?: readonly string[] | undefined;
}
const maxBindings = 4;

/** Conditions that a device must meet, or must not show, before a Pod is bound: both or none of them. */
export function validateBindings({ bindingConditions: needed = [], bindingFailureConditions: failures = [] }: Bindings, path: FieldPath): FieldError[] {
  const [at, failuresAt] = [path.child('bindingConditions'), path.child('bindingFailureConditions')];
  const name = (condition: string, where: FieldPath): FieldError[] => invalidFor(where, condition, checkQualifiedName(condition));
  const errors = [...validateList(needed, maxBindings, at, name), ...validateList(failures, maxBindings, failuresAt, name)];
  needed.forEach((condition, i) => {
    if (needed.indexOf(condition) < i) errors.push(duplicate(at.index(i), condition));
  });
  failures.forEach((condition, i) => {
    if (failures.indexOf(condition) < i) errors.push(duplicate(failuresAt.index(i), condition));
    if (needed.includes(condition)) errors.push(invalid(failuresAt.index(i), condition, 'bindingFailureConditions must not overlap with bindingConditions'));
  });
  if (needed.length === 0 && failures.length > 0) errors.push(invalid(at, needed, 'bindingConditions are required to use bindingFailureConditions'));
  if (failures.length === 0 && needed.length > 0) errors.push(invalid(failuresAt, failures, 'bindingFailureConditions are required to use bindingConditions'));
  return errors;
}
