import { defineKind, typedKind } from '../define.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';

export const clusterRoleDefinition = defineKind<rbacv1.ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
});

export const clusterRoles = typedKind<rbacv1.ClusterRole>(clusterRoleDefinition);
