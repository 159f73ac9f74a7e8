import { defineKind, typedKind } from '../define.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';

export const roleBindingDefinition = defineKind<rbacv1.RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
});

export const roleBindings = typedKind<rbacv1.RoleBinding>(roleBindingDefinition);
