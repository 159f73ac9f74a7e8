import { defineVirtualKind } from '../define.ts';

/** "Who am I?" (`kubectl auth whoami`). */
export const selfSubjectReviewDefinition = defineVirtualKind({
  group: 'authentication.k8s.io',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
});
