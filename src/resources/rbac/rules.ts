/** Validation that roles share. Upstream: pkg/apis/rbac/validation/validation.go */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';

export const group = 'rbac.authorization.k8s.io';
const nonResourceMessage = 'namespaced rules cannot apply to non-resource URLs';

export function validateRules(rules: readonly rbacv1.PolicyRule[] | undefined, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule, i) => {
    const at = FieldPath.of('rules').index(i);
    const errors = (rule.verbs ?? []).length === 0 ? [required(at.child('verbs'), 'verbs must contain at least one value')] : [];
    const urls = rule.nonResourceURLs ?? [];
    const resources = rule.resources ?? [];
    if (urls.length > 0) {
      if (namespaced) errors.push(invalid(at.child('nonResourceURLs'), urls, nonResourceMessage));
      if ((rule.apiGroups ?? []).length + resources.length + (rule.resourceNames ?? []).length > 0) {
        errors.push(invalid(at.child('nonResourceURLs'), urls, 'rules cannot apply to both regular resources and non-resource URLs'));
      }
      return errors;
    }
    if ((rule.apiGroups ?? []).length === 0) errors.push(required(at.child('apiGroups'), 'resource rules must supply at least one api group'));
    if (resources.length === 0) errors.push(required(at.child('resources'), 'resource rules must supply at least one resource'));
    return errors;
  });
}
