/** ClusterRoles: rules anywhere, for non-resource URLs too; or the union of others by label. Upstream: pkg/apis/rbac/validation */
import { createdAtColumn, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { group, validateRules } from './rules.ts';

export const clusterRoleDefinition = defineKind<rbacv1.ClusterRole>({
  group,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'ClusterRole', '1.17', '1.22') }],
  strategy: {
    generation: 'none',
    validateName: checkPathSegmentName,
    validate: ({ rules }) => validateRules(rules, false),
    validateUpdate: ({ rules }) => validateRules(rules, false),
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, createdAtColumn],
});

export const clusterRoles = typedKind<rbacv1.ClusterRole>(clusterRoleDefinition);
