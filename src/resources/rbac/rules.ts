/** Validation that roles share, and that bindings share. Upstream: pkg/apis/rbac/validation/validation.go */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { immutable, invalidFor } from '../validation/fields.ts';
import { checkDnsSubdomain, checkPathSegmentName } from '../validation/names.ts';

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

type Binding = rbacv1.ClusterRoleBinding | rbacv1.RoleBinding;

export function validateBinding(binding: Binding, kinds: readonly string[]): FieldError[] {
  const { apiGroup, kind, name } = binding.roleRef ?? {};
  const at = FieldPath.of('roleRef');
  return [
    ...(apiGroup === group ? [] : [notSupported(at.child('apiGroup'), apiGroup ?? '', [group])]),
    ...(kinds.includes(kind) ? [] : [notSupported(at.child('kind'), kind ?? '', kinds)]),
    ...(name ? invalidFor(at.child('name'), name, checkPathSegmentName(name)) : [required(at.child('name'))]),
    ...(binding.subjects ?? []).flatMap((subject, i) => validateSubject(subject, binding.kind === 'RoleBinding', FieldPath.of('subjects').index(i))),
  ];
}

function validateSubject(subject: rbacv1.Subject, inNamespace: boolean, path: FieldPath): FieldError[] {
  const errors = subject.name ? [] : [required(path.child('name'))];
  switch (subject.kind) {
    case 'ServiceAccount':
      if (subject.name) errors.push(...invalidFor(path.child('name'), subject.name, checkDnsSubdomain(subject.name)));
      if (subject.apiGroup) errors.push(notSupported(path.child('apiGroup'), subject.apiGroup, ['']));
      if (!inNamespace && !subject.namespace) errors.push(required(path.child('namespace')));
      return errors;
    case 'User':
    case 'Group':
      if (subject.apiGroup !== group) errors.push(notSupported(path.child('apiGroup'), subject.apiGroup ?? '', [group]));
      return errors;
    default:
      return [...errors, notSupported(path.child('kind'), subject.kind ?? '', ['Group', 'ServiceAccount', 'User'])];
  }
}

/** Who may do what may change; which role is meant may not. */
export function validateRoleRefChange(binding: Binding, old: Binding): FieldError[] {
  return immutable(FieldPath.of('roleRef'), binding.roleRef, old.roleRef).length === 0 ? [] : [invalid(FieldPath.of('roleRef'), binding.roleRef, 'cannot change roleRef')];
}

/** An empty apiGroup means RBAC's own, save for service accounts. */
export function defaultBinding(binding: { roleRef?: { apiGroup?: string | undefined }; subjects?: { kind: string; apiGroup?: string | undefined; namespace?: string | undefined }[] | undefined }): void {
  if (binding.roleRef !== undefined) binding.roleRef.apiGroup ||= group;
  for (const subject of binding.subjects ?? []) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group;
}
