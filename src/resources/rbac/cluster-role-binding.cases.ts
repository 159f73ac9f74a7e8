/** ClusterRoleBindings. */
import type { KindCases } from '../kind-cases.ts';
import { account, refusedBindings, roleRef, subjects } from './binding-cases.ts';
import { clusterRoleBindingDefinition } from './cluster-role-binding.ts';

const cases: KindCases = {
  definition: clusterRoleBindingDefinition,
  base: { roleRef, ...subjects({}) },
  accepted: [['an account', subjects({ ...account, namespace: 'default' })]],
  refused: [
    ...refusedBindings,
    ['a role of a namespace', { roleRef: { kind: 'Role' } }, ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"']],
    ['an account of no namespace', subjects(account), ['subjects[0].namespace: Required value']],
  ],
  updates: [{ name: 'subjects', change: subjects({ name: 'joe' }) }],
};
export default cases;
