/** ClusterRoleBindings: who has a role everywhere. Upstream: pkg/apis/rbac/validation */
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { bindingColumns } from './binding-columns.ts';
import { defaultBinding, group, validateBinding, validateRoleRefChange } from './rules.ts';

const roleKinds = ['ClusterRole'];

export const clusterRoleBindingDefinition = defineKind<rbacv1.ClusterRoleBinding>({
  group,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'ClusterRoleBinding', '1.17', '1.22') }],
  strategy: {
    generation: 'none',
    defaults: defaultBinding,
    validateName: checkPathSegmentName,
    validate: (binding) => validateBinding(binding, roleKinds),
    validateUpdate: (binding, old) => [...validateBinding(binding, roleKinds), ...validateRoleRefChange(binding, old)],
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: true,
  },
  columns: bindingColumns,
});

export const clusterRoleBindings = typedKind<rbacv1.ClusterRoleBinding>(clusterRoleBindingDefinition);
