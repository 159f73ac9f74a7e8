/** Validation of what a Job makes of Pods that fail. Upstream: pkg/apis/batch/validation/validation.go (validatePodFailurePolicy) */
import { duplicate, invalid, invalidWhole, notSupported, required, tooMany, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as batchv1 from '../types/batch-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

const most = { rules: 20, exitCodes: 255, conditions: 20 };
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

export function validatePodFailurePolicy({ rules = [] }: batchv1.PodFailurePolicy, spec: batchv1.JobSpec, path: FieldPath): FieldError[] {
  const at = path.child('rules');
  const errors = rules.length > most.rules ? [tooMany(at, rules.length, most.rules)] : [];
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  rules.forEach((rule, i) => errors.push(...validateRule(rule, spec.backoffLimitPerIndex !== undefined, names, at.index(i))));
  return errors;
}

function validateRule({ action, onExitCodes, onPodConditions = [] }: batchv1.PodFailurePolicyRule, perIndex: boolean, names: ReadonlySet<string>, path: FieldPath): FieldError[] {
  const errors = known(action, actions, path.child('action'));
  if (action === 'FailIndex' && !perIndex) errors.push(invalid(path.child('action'), action, 'requires the backoffLimitPerIndex to be set'));
  if (onExitCodes !== undefined) errors.push(...validateExitCodes(onExitCodes, names, path.child('onExitCodes')));
  errors.push(...validateConditions(onPodConditions, path.child('onPodConditions')));
  if (onExitCodes !== undefined && onPodConditions.length > 0) errors.push(invalidWhole(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (onExitCodes === undefined && onPodConditions.length === 0) errors.push(invalidWhole(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

/** Required when empty, with what there is to choose from, as Go prints a list of texts. */
function known(value: string | undefined, supported: readonly string[], path: FieldPath): FieldError[] {
  if (!value) return [required(path, `valid values: [${supported.map((one) => JSON.stringify(one)).join(' ')}]`)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

function validateConditions(patterns: readonly batchv1.PodFailurePolicyOnPodConditionsPattern[], path: FieldPath): FieldError[] {
  const errors = patterns.length > most.conditions ? [tooMany(path, patterns.length, most.conditions)] : [];
  patterns.forEach(({ type = '', status }, i) => errors.push(...invalidFor(path.index(i).child('type'), type, checkQualifiedName(type)), ...known(status, statuses, path.index(i).child('status'))));
  return errors;
}

function validateExitCodes({ operator, containerName, values = [] }: batchv1.PodFailurePolicyOnExitCodesRequirement, names: ReadonlySet<string>, path: FieldPath): FieldError[] {
  const errors = known(operator, operators, path.child('operator'));
  if (containerName !== undefined && !names.has(containerName)) errors.push(invalid(path.child('containerName'), containerName, 'must be one of the container or initContainer names in the pod template'));
  const at = path.child('values');
  if (values.length === 0) errors.push(invalid(at, values, 'at least one value is required'));
  else if (values.length > most.exitCodes) errors.push(tooMany(at, values.length, most.exitCodes));
  const seen = new Set<number>();
  values.forEach((code, i) => {
    if (operator === 'In' && code === 0) errors.push(invalid(at.index(i), code, 'must not be 0 for the In operator'));
    if (seen.has(code)) errors.push(duplicate(at.index(i), code));
    seen.add(code);
  });
  const ordered = values.every((code, i) => i === 0 || (values[i - 1] ?? code) <= code);
  return ordered ? errors : [...errors, invalid(at, values, 'must be ordered')];
}
