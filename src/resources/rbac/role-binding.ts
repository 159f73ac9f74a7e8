/** RoleBindings: who has a role in one namespace. */
import { typedKind } from '../define.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { defineBinding } from './binding-kind.ts';

export const roleBindingDefinition = defineBinding<rbacv1.RoleBinding>({ kind: 'RoleBinding', plural: 'rolebindings', namespaced: true, roleKinds: ['Role', 'ClusterRole'] });

export const roleBindings = typedKind<rbacv1.RoleBinding>(roleBindingDefinition);
