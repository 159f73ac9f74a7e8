/** Roles. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { roleDefinition } from './role.ts';

const rule = (more: object): Patch => ({ rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...more }] });

const cases: KindCases = {
  definition: roleDefinition,
  base: rule({}),
  accepted: [['no rules', { rules: null }], ['everything', rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] })], ['objects by name', rule({ resourceNames: ['web'] })], ['a name that is no DNS name', { metadata: { name: 'system:reader' } }]],
  refused: [
    ['a name that is a path', { metadata: { name: 'a/b' } }, ["metadata.name: Invalid value: \"a/b\": may not contain '/'"]],
    ['no verbs', rule({ verbs: [] }), ['rules[0].verbs: Required value: verbs must contain at least one value']],
    ['no groups', rule({ apiGroups: null }), ['rules[0].apiGroups: Required value: resource rules must supply at least one api group']],
    ['no resources', rule({ resources: null }), ['rules[0].resources: Required value: resource rules must supply at least one resource']],
    ['URLs', { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] }, ['rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs']],
  ],
  updates: [{ name: 'rules', change: rule({ verbs: ['list'] }) }, { name: 'rules that are none', change: rule({ verbs: [] }), refused: ['rules[0].verbs: Required value: verbs must contain at least one value'] }],
};
export default cases;
