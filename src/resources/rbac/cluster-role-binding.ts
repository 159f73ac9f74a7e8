import { defineKind, typedKind } from '../define.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';

export const clusterRoleBindingDefinition = defineKind<rbacv1.ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
});

export const clusterRoleBindings = typedKind<rbacv1.ClusterRoleBinding>(clusterRoleBindingDefinition);
