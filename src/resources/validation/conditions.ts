/**
 * Conditions of the standard form (metav1.Condition) in a status.
 * Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation (ValidateConditions)
 */
import { invalid, notSupported, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as metav1 from '../types/meta-v1.ts';
import { invalidFor, Unique } from './fields.ts';
import { checkQualifiedName } from './names.ts';

const statuses = ['False', 'True', 'Unknown'];
const most = { reason: 1024, message: 32 * 1024 };
const reasonForm = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonRegex = new RegExp(`^${reasonForm}$`);
const reasonComplaint = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonForm}')`;

export function validateConditions(conditions: readonly metav1.Condition[] | undefined, path: FieldPath): FieldError[] {
  if (conditions === undefined) return [];
  const types = new Unique();
  return conditions.flatMap((condition, i) => [...types.check(path.index(i).child('type'), condition.type), ...validateCondition(condition, path.index(i))]);
}

function validateCondition(condition: metav1.Condition, path: FieldPath): FieldError[] {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, message = '' } = condition;
  return [
    ...invalidFor(path.child('type'), type, checkQualifiedName(type)),
    ...(statuses.includes(status) ? [] : [notSupported(path.child('status'), status, statuses)]),
    ...(observedGeneration < 0 ? [invalid(path.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero')] : []),
    ...(lastTransitionTime ? [] : [required(path.child('lastTransitionTime'), 'must be set')]),
    ...validateReason(condition.reason ?? '', path.child('reason')),
    ...(Buffer.byteLength(message) > most.message ? [tooLong(path.child('message'), most.message)] : []),
  ];
}

function validateReason(reason: string, path: FieldPath): FieldError[] {
  if (reason === '') return [required(path, 'must be set')];
  return [
    ...(reasonRegex.test(reason) ? [] : [invalid(path, reason, reasonComplaint)]),
    ...(reason.length > most.reason ? [tooLong(path, most.reason)] : []),
  ];
}
