import { defineVirtualKind } from '../define.ts';
import { retired } from '../deprecation.ts';

const group = 'authorization.k8s.io';

/** "May I do that?" (`kubectl auth can-i`). */
export const selfSubjectAccessReviewDefinition = defineVirtualKind({
  group,
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'SelfSubjectAccessReview', '1.19', '1.22') }],
});
