/** ClusterRoleBindings: who has a role everywhere. */
import { typedKind } from '../define.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { defineBinding } from './binding-kind.ts';

export const clusterRoleBindingDefinition = defineBinding<rbacv1.ClusterRoleBinding>({ kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false, roleKinds: ['ClusterRole'] });

export const clusterRoleBindings = typedKind<rbacv1.ClusterRoleBinding>(clusterRoleBindingDefinition);
