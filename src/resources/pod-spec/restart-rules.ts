/**
 * Validation of a container's own restart policy and its rules by exit code.
 * Upstream: pkg/apis/core/validation/validation.go (validateContainerRestartPolicy)
 */
import { invalid, required, tooMany, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { supportedOnly } from '../validation/fields.ts';

const most = { rules: 20, exitCodes: 255 };
const policies = ['Always', 'Never', 'OnFailure'];

export function validateRestartPolicy({ restartPolicy, restartPolicyRules: rules = [] }: corev1.Container, path: FieldPath): FieldError[] {
  if (restartPolicy === undefined && rules.length === 0) return [];
  const errors = restartPolicy === undefined ? [required(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used')] : supportedOnly(path.child('restartPolicy'), restartPolicy, policies);
  const at = path.child('restartPolicyRules');
  if (rules.length > most.rules) errors.push(tooMany(at, rules.length, most.rules));
  rules.forEach((rule, i) => errors.push(...validateRule(rule, at.index(i))));
  return errors;
}

function validateRule({ action, exitCodes }: corev1.ContainerRestartRule, path: FieldPath): FieldError[] {
  const errors = supportedOnly(path.child('action'), action ?? '', ['Restart', 'RestartAllContainers']);
  if (exitCodes === undefined) return [...errors, required(path.child('exitCodes'), 'must be specified')];
  const at = path.child('exitCodes');
  const values = exitCodes.values ?? [];
  errors.push(...supportedOnly(at.child('operator'), exitCodes.operator ?? '', ['In', 'NotIn']));
  if (values.length > most.exitCodes) errors.push(tooMany(at.child('values'), values.length, most.exitCodes));
  values.forEach((code, i) => {
    if (code < 0 || code > 255) errors.push(invalid(at.child('values').index(i), code, 'must be between 0 and 255, inclusive'));
  });
  return errors;
}
