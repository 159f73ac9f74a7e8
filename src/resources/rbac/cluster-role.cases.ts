/** ClusterRoles. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { clusterRoleDefinition } from './cluster-role.ts';

const urls = (more: object): Patch => ({ rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'], ...more }] });

const cases: KindCases = {
  definition: clusterRoleDefinition,
  base: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  accepted: [['URLs', urls({})], ['a union', { rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }]],
  refused: [
    ['URLs and resources', urls({ apiGroups: [''], resources: ['pods'] }), ['rules[0].nonResourceURLs: Invalid value: ["/healthz"]: rules cannot apply to both regular resources and non-resource URLs']],
    ['a union of nothing', { aggregationRule: {} }, ['aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil']],
    ['a union by no selector', { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }] } }, ['aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator']],
  ],
  updates: [{ name: 'rules', change: urls({}) }],
};
export default cases;
