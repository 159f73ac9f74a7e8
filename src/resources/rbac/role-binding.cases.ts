/** RoleBindings. */
import type { KindCases } from '../kind-cases.ts';
import { account, refusedBindings, roleRef, subjects } from './binding-cases.ts';
import { roleBindingDefinition } from './role-binding.ts';

const cases: KindCases = {
  definition: roleBindingDefinition,
  base: { roleRef, ...subjects({}) },
  defaults: [['RBAC’s own group', { roleRef: { apiGroup: '' }, ...subjects({ apiGroup: '' }) }, { roleRef, ...subjects({}) }]],
  accepted: [['nobody', { subjects: null }], ['a role of the namespace', { roleRef: { kind: 'Role' } }], ['an account', subjects(account)], ['a user with a namespace that nobody reads', subjects({ namespace: 'default' })]],
  refused: [...refusedBindings, ['a role of another kind', { roleRef: { kind: 'Job' } }, ['roleRef.kind: Unsupported value: "Job": supported values: "Role", "ClusterRole"']]],
  updates: [
    { name: 'subjects', change: subjects({ name: 'joe' }) },
    { name: 'another role', change: { roleRef: { name: 'edit' } }, refused: ['roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"}: cannot change roleRef'] },
  ],
};
export default cases;
