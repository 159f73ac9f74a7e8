import { defineKind, typedKind } from '../define.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';

export const roleDefinition = defineKind<rbacv1.Role>({
  group: 'rbac.authorization.k8s.io',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
});

export const roles = typedKind<rbacv1.Role>(roleDefinition);
