/** What the tables of both kinds of bindings share. */
import type { Patch, RefusedCase } from '../kind-cases.ts';

const group = 'rbac.authorization.k8s.io';
export const roleRef = { apiGroup: group, kind: 'ClusterRole', name: 'view' };
export const subjects = (more: object): Patch => ({ subjects: [{ kind: 'User', apiGroup: group, name: 'jane', ...more }] });
export const account = { kind: 'ServiceAccount', apiGroup: undefined, name: 'robot' };

export const refusedBindings: readonly RefusedCase[] = [
  ['a role of another group', { roleRef: { apiGroup: 'example.com' } }, [`roleRef.apiGroup: Unsupported value: "example.com": supported values: "${group}"`]],
  ['no role', { roleRef: { name: '' } }, ['roleRef.name: Required value']],
  ['a subject without a name', subjects({ name: '' }), ['subjects[0].name: Required value']],
  ['a user of another group', subjects({ apiGroup: 'example.com' }), [`subjects[0].apiGroup: Unsupported value: "example.com": supported values: "${group}"`]],
  ['an account of a group', subjects({ ...account, apiGroup: group, namespace: 'default' }), [`subjects[0].apiGroup: Unsupported value: "${group}": supported values: ""`]],
  ['a subject of another kind', subjects({ kind: 'Robot' }), ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"']],
];
