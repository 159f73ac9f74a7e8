import { defineVirtualKind } from '../define.ts';
import { retired } from '../deprecation.ts';

const group = 'authentication.k8s.io';

/** "Whose token is this?" */
export const tokenReviewDefinition = defineVirtualKind({
  group,
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'TokenReview', '1.19', '1.22') }],
});
