/** The columns of both kinds of bindings. Upstream: pkg/printers/internalversion/printers.go (printRoleBinding) */
import { ageColumn, nameColumn, text, wideText, type ColumnOf } from '../columns.ts';
import type * as rbacv1 from '../types/rbac-v1.ts';

type Binding = rbacv1.ClusterRoleBinding | rbacv1.RoleBinding;

const names = ({ subjects = [] }: Binding, kind: string): string => subjects.filter((subject) => subject.kind === kind).map(({ name }) => name).join(', ');
const accounts = ({ subjects = [] }: Binding): string => subjects.filter(({ kind }) => kind === 'ServiceAccount').map(({ namespace, name }) => `${namespace ?? ''}/${name}`).join(', ');

export const bindingColumns: readonly ColumnOf<Binding>[] = [
  nameColumn,
  text('Role', ({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`),
  ageColumn,
  wideText('Users', (binding) => names(binding, 'User')),
  wideText('Groups', (binding) => names(binding, 'Group')),
  wideText('ServiceAccounts', accounts),
];
