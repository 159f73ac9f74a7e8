/** ClusterRoles: rules anywhere, for non-resource URLs too; or the union of others by label. Upstream: pkg/apis/rbac/validation */
import { FieldPath, required, type FieldError } from '../../apimachinery/field-error.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { group, validateRules } from './rules.ts';

function validate({ rules, aggregationRule }: rbacv1.ClusterRole): FieldError[] {
  const errors = validateRules(rules, false);
  if (aggregationRule === undefined) return errors;
  const path = FieldPath.of('aggregationRule', 'clusterRoleSelectors');
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return [...errors, required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return [...errors, ...selectors.flatMap((selector, i) => validateLabelSelector(selector, path.index(i)))];
}

export const clusterRoleDefinition = defineKind<rbacv1.ClusterRole>({
  group,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'ClusterRole', '1.17', '1.22') }],
  strategy: {
    generation: 'none',
    validateName: checkPathSegmentName,
    validate,
    validateUpdate: (role) => validate(role),
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, createdAtColumn],
});

export const clusterRoles = typedKind<rbacv1.ClusterRole>(clusterRoleDefinition);
