import { defineVirtualKind } from '../define.ts';
import { retired } from '../deprecation.ts';

const group = 'authorization.k8s.io';

/** "What may I do in this namespace?" (`kubectl auth can-i --list`). */
export const selfSubjectRulesReviewDefinition = defineVirtualKind({
  group,
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'SelfSubjectRulesReview', '1.19', '1.22') }],
});
