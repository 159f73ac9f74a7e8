/** Roles: rules within one namespace. Upstream: pkg/apis/rbac/validation */
import { createdAtColumn, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { group, validateRules } from './rules.ts';

export const roleDefinition = defineKind<rbacv1.Role>({
  group,
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'Role', '1.17', '1.22') }],
  strategy: {
    generation: 'none',
    validateName: checkPathSegmentName,
    validate: ({ rules }) => validateRules(rules, true),
    validateUpdate: ({ rules }) => validateRules(rules, true),
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, createdAtColumn],
});

export const roles = typedKind<rbacv1.Role>(roleDefinition);
