/**
 * RoleBindings and ClusterRoleBindings are one thing at two scopes: what they share is made here.
 * Upstream: pkg/apis/rbac/validation, pkg/registry/rbac
 */
import { FieldPath, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { defineKind } from '../define.ts';
import type { ResourceDefinition } from '../definition.ts';
import { retired } from '../deprecation.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { invalidFor, sameJson } from '../validation/fields.ts';
import { checkDnsSubdomain, checkPathSegmentName } from '../validation/names.ts';
import { bindingColumns } from './binding-columns.ts';
import { group } from './rules.ts';

type Binding = rbacv1.ClusterRoleBinding | rbacv1.RoleBinding;

export interface BindingScope {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding';
  readonly plural: string;
  readonly namespaced: boolean;
  /** The kinds of roles it can give, in the order of messages. */
  readonly roleKinds: readonly string[];
}

export function defineBinding<T extends Binding>({ kind, plural, namespaced, roleKinds }: BindingScope): ResourceDefinition {
  const validate = (binding: Binding): FieldError[] => validateBinding(binding, roleKinds, namespaced);
  return defineKind<T>({
    group,
    kind,
    plural,
    namespaced,
    versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', kind, '1.17', '1.22') }],
    strategy: {
      generation: 'none',
      defaults: (binding) => defaultBinding(binding as unknown as DraftBinding),
      validateName: checkPathSegmentName,
      validate,
      validateUpdate: (binding, old) => [...validate(binding), ...validateRoleRefChange(binding, old)],
      allowCreateOnUpdate: true,
      allowUnconditionalUpdate: true,
    },
    columns: bindingColumns,
  });
}

function validateBinding(binding: Binding, kinds: readonly string[], namespaced: boolean): FieldError[] {
  const { apiGroup, kind, name } = binding.roleRef ?? {};
  const at = FieldPath.of('roleRef');
  return [
    ...(apiGroup === group ? [] : [notSupported(at.child('apiGroup'), apiGroup ?? '', [group])]),
    ...(kinds.includes(kind) ? [] : [notSupported(at.child('kind'), kind ?? '', kinds)]),
    ...(name ? invalidFor(at.child('name'), name, checkPathSegmentName(name)) : [required(at.child('name'))]),
    ...(binding.subjects ?? []).flatMap((subject, i) => validateSubject(subject, namespaced, FieldPath.of('subjects').index(i))),
  ];
}

function validateSubject({ kind, apiGroup = '', name, namespace }: rbacv1.Subject, inNamespace: boolean, path: FieldPath): FieldError[] {
  const errors = name ? [] : [required(path.child('name'))];
  switch (kind) {
    case 'ServiceAccount':
      if (name) errors.push(...invalidFor(path.child('name'), name, checkDnsSubdomain(name)));
      if (apiGroup !== '') errors.push(notSupported(path.child('apiGroup'), apiGroup, ['']));
      if (!inNamespace && !namespace) errors.push(required(path.child('namespace')));
      return errors;
    case 'User':
    case 'Group':
      if (apiGroup !== group) errors.push(notSupported(path.child('apiGroup'), apiGroup, [group]));
      return errors;
    default:
      return [...errors, notSupported(path.child('kind'), kind ?? '', ['ServiceAccount', 'User', 'Group'])];
  }
}

/** Who may do what may change; which role is meant may not. */
function validateRoleRefChange(binding: Binding, old: Binding): FieldError[] {
  return sameJson(binding.roleRef, old.roleRef) ? [] : [invalid(FieldPath.of('roleRef'), binding.roleRef, 'cannot change roleRef')];
}

interface DraftBinding {
  roleRef?: { apiGroup?: string | undefined };
  subjects?: { kind: string; apiGroup?: string | undefined }[] | undefined;
}

/** An empty apiGroup means RBAC's own, save for service accounts. */
function defaultBinding(binding: DraftBinding): void {
  if (binding.roleRef !== undefined) binding.roleRef.apiGroup ||= group;
  for (const subject of binding.subjects ?? []) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group;
}
